// Becoming a role: by the API's callers with temporary credentials, by our own services in process, by hosts with their agent's
// credentials. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
#pragma once

#include "access/identities/authorizer.h"

namespace tocsin::access {

struct AssumedRole {
  Principal principal;  ///< its access_key_id is filled in by issue()
  Entity role;
};

/// Threads: only on the StateExecutor, inside a unit of work.
class RoleAssumption {
 public:
  /// All must outlive this object.
  RoleAssumption(IdentityStore& identities, SessionStore& sessions, Authorizer& authorizer)
      : identities_(identities), sessions_(sessions), authorizer_(authorizer) {}

  /// Whether `caller` may (identity policies and trust), and as whom. `denied`, reason AccessDenied: also for a role that is not there.
  Result<AssumedRole> assume(const Principal& caller, const std::string& role_arn, const std::string& session_name,
                             ConditionContext context);

  /// For whom an identity provider vouches for (its ARN); only the role's trust policy decides, by what the token said (`context`).
  Result<AssumedRole> assume_with_web_identity(const std::string& provider_arn, const std::string& role_arn,
                                               const std::string& session_name, ConditionContext context);

  /// For one of our services ("events.amazonaws.com", "ssm.amazonaws.com") acting for `account`: the role must be of that account and trust
  /// the service. The principal has no access key; authorize it as any other.
  Result<Principal> assume_as_service(const std::string& account, const std::string& service, const std::string& role_arn,
                                      const std::string& session_name);

  /// The agent's temporary credentials: what AmazonSSMManagedInstanceCore gives, and the activation's role when there is one and it trusts
  /// ssm.amazonaws.com.
  SessionCredentials issue_for_host(const std::string& account, const std::string& host_id, const std::string& role_name,
                                    Duration lifetime);

 private:
  IdentityStore& identities_;
  SessionStore& sessions_;
  Authorizer& authorizer_;
};

/// The principal of a role's session.
Principal role_session(const Entity& role, const std::string& session_name);

}  // namespace tocsin::access
