// Condition operators. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "access/policies/policy.h"
#include "access/policies/wildcard.h"

namespace tocsin::access {

struct ConditionOperator {
  std::string op;
  Quantifier quantifier = Quantifier::none;
  bool if_exists = false;
};

/// "ForAnyValue:StringLikeIfExists" → StringLike, any_value, true; nullopt for what is no operator.
std::optional<ConditionOperator> parse_operator(std::string_view text);

/// Whether the call fulfils the condition. A value that is not of the operator's type matches nothing.
bool holds(const Condition& condition, const ConditionContext& context, bool with_variables);

}  // namespace tocsin::access
