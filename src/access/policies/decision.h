// All policies that concern a call, together.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "access/policies/evaluation.h"

namespace tocsin::access {

/// A policy and where it comes from, for those who ask why.
struct SourcedPolicy {
  std::shared_ptr<const Policy> policy;
  std::string source;  ///< the policy's ARN, or its name when it is inline
};

struct PolicySet {
  std::vector<SourcedPolicy> identity;    ///< of the user and its groups, or of the role
  std::optional<SourcedPolicy> boundary;  ///< limits what identity policies give
  std::vector<SourcedPolicy> session;     ///< limit likewise; together they are one
  std::optional<SourcedPolicy> resource;  ///< of the resource itself (topic, queue, a role's trust)
  std::string resource_account;           ///< empty: the caller's own
  bool resource_must_allow = false;       ///< also within the account: a role's trust
};

enum class DecidedBy { identity, resource, boundary, session };

struct Decision {
  enum class Outcome { allowed, implicitly_denied, explicitly_denied };
  Outcome outcome = Outcome::implicitly_denied;
  DecidedBy by = DecidedBy::identity;
  /// The statements that matched: the policy's source and the statement's index.
  std::vector<std::pair<std::string, std::size_t>> matched;

  bool allowed() const { return outcome == Outcome::allowed; }
};

Decision decide(const PolicySet& policies, const AccessRequest& request);

/// "because no identity-based policy allows the sns:Publish action", "with an explicit deny in an identity-based policy".
std::string reason_words(const Decision& decision, const std::string& action);
/// "User: ARN is not authorized to perform: ACTION on resource: ARN because …".
std::string denial_words(const Decision& decision, const AccessRequest& request);

}  // namespace tocsin::access
