// Reads and validates policy documents.
#pragma once

#include <string_view>

#include "access/policies/policy.h"
#include "base/result.h"

namespace tocsin::access {

enum class PolicyKind {
  identity,  ///< attached to a user, group or role; also session policies and boundaries
  resource,  ///< of a topic, queue …: names principals
  trust,     ///< of a role: names principals and no resources
};

/// `invalid`, reason MalformedPolicyDocument, IAM's words.
Result<Policy> parse_policy(std::string_view text, PolicyKind kind);

/// Whether the text is an operator that we evaluate ("ForAnyValue:StringLikeIfExists").
bool is_condition_operator(std::string_view text);

}  // namespace tocsin::access
