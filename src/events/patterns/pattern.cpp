#include "events/patterns/pattern.h"

#include <algorithm>
#include <span>

namespace tocsin::events {
namespace {

bool asks_absence(const FieldTest& field) {
  return std::ranges::any_of(field.any_of, [](const ValueTest& test) { return test.kind == ValueTest::Kind::absent; });
}

bool holds_any(const FieldTest& field, const Leaf& leaf) {
  return std::ranges::any_of(field.any_of, [&](const ValueTest& test) { return test.holds(leaf); });
}

/// The leaves that satisfy one field, in the order of the event: so by array and element.
using Candidates = std::span<const Leaf* const>;

std::uint32_t array_at_depth(Candidates field, std::size_t depth) { return field.front()->within[depth].array; }

Candidates within_element(Candidates field, std::size_t depth, ArrayElement element) {
  const auto place = [&](const Leaf* leaf) { return std::pair(leaf->within[depth].array, leaf->within[depth].index); };
  const auto [first, last] = std::ranges::equal_range(field, std::pair(element.array, element.index), {}, place);
  return {first, last};
}

bool fields_agree(std::vector<Candidates> fields, std::size_t depth);

/// Whether one element of the array that these fields share satisfies them all.
bool one_element_holds(const std::vector<Candidates>& fields, std::size_t depth) {
  Candidates rest = fields.front();
  while (!rest.empty()) {
    const ArrayElement element = rest.front()->within[depth];
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
    return std::ranges::any_of(field, [&](const Leaf* leaf) { return leaf->within.size() <= depth; });
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

/// The leaves that satisfy `field`; only the first when it lies in no array, for then there is nothing to agree about.
std::vector<const Leaf*> candidates_of(const FieldTest& field, const std::vector<Leaf>& leaves) {
  std::vector<const Leaf*> found;
  for (const Leaf& leaf : leaves) {
    if (!holds_any(field, leaf)) continue;
    if (leaf.within.empty()) return {&leaf};
    found.push_back(&leaf);
  }
  return found;
}

bool holds_alternative(const Alternative& fields, const FlatEvent& event) {
  std::vector<std::vector<const Leaf*>> found;
  for (const FieldTest& field : fields) {
    const std::vector<Leaf>* leaves = event.leaves(field.path);
    if (!leaves) {
      if (asks_absence(field)) continue;
      return false;
    }
    std::vector<const Leaf*> candidates = candidates_of(field, *leaves);
    if (candidates.empty()) return false;
    if (!candidates.front()->within.empty()) found.push_back(std::move(candidates));
  }
  return found.size() < 2 || fields_agree({found.begin(), found.end()}, 0);
}

bool uses_wildcard(const ValueTest& test) {
  return test.kind == ValueTest::Kind::wildcard || std::ranges::any_of(test.none_of, uses_wildcard);
}

}  // namespace

Pattern::Pattern(std::vector<Alternative> alternatives) {
  for (const Alternative& fields : alternatives)
    for (const FieldTest& field : fields) has_wildcard_ = has_wildcard_ || std::ranges::any_of(field.any_of, uses_wildcard);
  alternatives_ = std::make_shared<const std::vector<Alternative>>(std::move(alternatives));
}

bool Pattern::matches(const FlatEvent& event) const {
  return std::ranges::any_of(*alternatives_, [&](const Alternative& fields) { return holds_alternative(fields, event); });
}

std::string invalid_pattern_words(const Error& error) { return "Event pattern is not valid. Reason: " + error.message; }

}  // namespace tocsin::events
