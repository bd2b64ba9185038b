#include "events/patterns/pattern.h"

#include <algorithm>

#include "events/patterns/array_agreement.h"

namespace tocsin::events {
namespace {

bool asks_absence(const FieldTest& field) {
  return std::ranges::any_of(field.any_of, [](const ValueTest& test) { return test.kind == ValueTest::Kind::absent; });
}

bool holds_any(const FieldTest& field, const Leaf& leaf) {
  return std::ranges::any_of(field.any_of, [&](const ValueTest& test) { return test.holds(leaf); });
}

/// The leaves that satisfy `field`; only the first when it lies in no array, for then there is nothing to agree about.
LeafPlaces candidates_of(const FieldTest& field, const std::vector<Leaf>& leaves) {
  LeafPlaces found;
  for (const Leaf& leaf : leaves) {
    if (!holds_any(field, leaf)) continue;
    if (leaf.within.empty()) return {&leaf.within};
    found.push_back(&leaf.within);
  }
  return found;
}

bool holds_alternative(const Alternative& fields, const FlatEvent& event) {
  std::vector<LeafPlaces> found;
  for (const FieldTest& field : fields) {
    const std::vector<Leaf>* leaves = event.leaves(field.path);
    if (!leaves) {
      if (asks_absence(field)) continue;
      return false;
    }
    LeafPlaces candidates = candidates_of(field, *leaves);
    if (candidates.empty()) return false;
    if (!candidates.front()->empty()) found.push_back(std::move(candidates));
  }
  return elements_agree(found);
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
