// What one policy says of one call.
#pragma once

#include <string>
#include <vector>

#include "access/policies/policy.h"
#include "access/policies/wildcard.h"

namespace tocsin::access {

/// Who calls, as policies name callers.
struct PrincipalFacts {
  std::string account;
  std::string arn;       ///< of the user, the role session, the root; a service's name for a service
  std::string role_arn;  ///< of a role session: the role
  bool is_service = false;
  bool is_federated = false;  ///< somebody an identity provider vouches for; arn is the provider's
};

struct AccessRequest {
  std::string action;    ///< "sns:Publish"
  std::string resource;  ///< an ARN, or "*"
  PrincipalFacts principal;
  ConditionContext context;  ///< aws:… keys among them; keys in lower case
};

/// How a policy with principals names the caller; a stronger one is the larger.
enum class Naming { not_named, by_account, by_role, directly };

struct Verdict {
  bool allowed = false;               ///< a statement allows it
  bool denied = false;                ///< a statement denies it; wins
  Naming naming = Naming::not_named;  ///< of the allowing statements, the strongest
  std::vector<std::size_t> matched;   ///< the statements that decided, by index
};

/// Whether `pattern` names the caller.
Naming names(const PrincipalPattern& pattern, const PrincipalFacts& principal);

Verdict evaluate(const Policy& policy, const AccessRequest& request);

}  // namespace tocsin::access
