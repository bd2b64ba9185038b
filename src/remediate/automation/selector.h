// The subset of JSONPath that runbooks use to take values out of answers: $.a.b, ['a'], [0], [-1], [*], .*, [1:3], ..name, [?(@.Key ==
// 'x')]. Pure. https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-executeawsapi.html
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/document.h"

namespace tocsin::remediate {

struct SelectMember {
  std::string name;
};
struct SelectElement {
  std::int64_t index;  ///< negative counts from the end
};
struct SelectAll {};
struct SelectSlice {
  std::optional<std::int64_t> from, to;
};
struct SelectDescendants {
  std::string name;
};
struct SelectWhere {
  std::vector<std::string> path;  ///< below @
  std::string comparison;         ///< ==, !=, <, <=, >, >=; empty: the member is there
  Document operand;
};
using Selection = std::variant<SelectMember, SelectElement, SelectAll, SelectSlice, SelectDescendants, SelectWhere>;

class Selector {
 public:
  /// `invalid` says at which character.
  static Result<Selector> parse(std::string_view text);
  /// The value; for selectors that can give several (wildcards, slices, descendants, filters) always an array. nullopt when nothing is
  /// there.
  std::optional<Document> select(const Document& document) const;

 private:
  bool is_plural() const;
  std::vector<Selection> selections_;
};

}  // namespace tocsin::remediate
