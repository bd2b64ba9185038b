#include "events/patterns/array_agreement.h"

#include <algorithm>
#include <span>

namespace tocsin::events {
namespace {

/// Of one field, in the order of the event: so by array and element.
using Candidates = std::span<const LeafPlace* const>;

std::uint32_t array_at_depth(Candidates field, std::size_t depth) { return (*field.front())[depth].array; }

Candidates within_element(Candidates field, std::size_t depth, ArrayElement element) {
  const auto place = [&](const LeafPlace* leaf) { return std::pair((*leaf)[depth].array, (*leaf)[depth].index); };
  const auto [first, last] = std::ranges::equal_range(field, std::pair(element.array, element.index), {}, place);
  return {first, last};
}

bool fields_agree(std::vector<Candidates> fields, std::size_t depth);

/// Whether one element of the array that these fields share satisfies them all.
bool one_element_holds(const std::vector<Candidates>& fields, std::size_t depth) {
  Candidates rest = fields.front();
  while (!rest.empty()) {
    const ArrayElement element = (*rest.front())[depth];
    rest = rest.subspan(within_element(rest, depth, element).size());
    std::vector<Candidates> inside;
    for (const Candidates& field : fields) {
      inside.push_back(within_element(field, depth, element));
      if (inside.back().empty()) break;
    }
    if (!inside.back().empty() && fields_agree(std::move(inside), depth + 1)) return true;
  }
  return false;
}

/// Fields that lie in no array (from `depth` on) agree with all; the others are settled array by array, so that the cost stays linear in
/// the leaves.
bool fields_agree(std::vector<Candidates> fields, std::size_t depth) {
  std::erase_if(fields, [&](const Candidates& field) {
    return std::ranges::any_of(field, [&](const LeafPlace* leaf) { return leaf->size() <= depth; });
  });
  while (!fields.empty()) {
    const std::uint32_t array = array_at_depth(fields.front(), depth);
    std::vector<Candidates> sharing;
    std::erase_if(fields, [&](Candidates& field) {
      if (array_at_depth(field, depth) != array) return false;
      sharing.push_back(field);
      return true;
    });
    if (sharing.size() > 1 && !one_element_holds(sharing, depth)) return false;
  }
  return true;
}

}  // namespace

bool elements_agree(const std::vector<LeafPlaces>& fields) { return fields.size() < 2 || fields_agree({fields.begin(), fields.end()}, 0); }

}  // namespace tocsin::events
