// Patterns with * and ?, and policy variables in them.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/letters.h"

namespace tocsin::access {

/// What is known of a call, by condition key in lower case; a key may have several values.
using ConditionContext = std::map<std::string, std::vector<std::string>, std::less<>>;

/// A pattern whose wildcards are told from literal characters, so that a variable's value with a '*' in it matches only itself.
class Wildcard {
 public:
  /// Every * and ? is a wildcard.
  explicit Wildcard(std::string_view pattern);
  /// With ${key}, ${key, 'default'}, ${*}, ${?} and ${$} filled in; nullopt when a variable is unknown.
  static std::optional<Wildcard> with_variables(std::string_view pattern, const ConditionContext& context);

  bool matches(std::string_view text, bool ignore_case = false) const;
  /// As an ARN: each of the six parts on its own.
  bool matches_arn(std::string_view arn) const;
  /// The text without regard to wildcards.
  std::string literal() const;

 private:
  Wildcard() = default;
  bool add_variable(std::string_view inside, const ConditionContext& context);

  static constexpr int any_run = -1;
  static constexpr int any_one = -2;
  static bool match(const int* pattern, const int* pattern_end, std::string_view text, bool ignore_case);

  std::vector<int> parts_;  ///< a byte, or one of the above
};

}  // namespace tocsin::access
