// Collects the policies that concern a caller and asks for the decision.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "access/credentials/session_store.h"
#include "access/identities/policy_store.h"
#include "access/policies/decision.h"
#include "access/policies/policy_parser.h"
#include "model/principal.h"

namespace tocsin::access {

/// A resource's own policy, as text.
struct ResourcePolicy {
  std::string document;
  std::string resource_account;
};

/// Threads: only on the StateExecutor, inside a unit of work.
class Authorizer {
 public:
  /// All must outlive this object.
  Authorizer(storage::StateExecutor& state, IdentityStore& identities, PolicyStore& policies, SessionStore& sessions)
      : identities_(identities), policies_(policies), sessions_(sessions), callers_(state, access_part, 1024) {}

  /// Fills in the caller's part of `request` (principal facts and aws:Principal… keys) and decides. Root and our own services are not
  /// limited by identity policies; sts:AssumeRole also asks the role's trust policy.
  Decision decide(const Principal& caller, AccessRequest& request, const std::optional<ResourcePolicy>& resource_policy = {});

  /// The policies of a caller: identity, boundary, session.
  PolicySet policies_of(const Principal& caller);
  /// Those of an entity itself and, for a user, of its groups.
  std::vector<SourcedPolicy> policies_of(const Entity& entity);
  PrincipalFacts facts_of(const Principal& caller);
  /// aws:PrincipalArn, aws:username, aws:PrincipalTag/… in lower case.
  ConditionContext context_of(const Principal& caller);
  /// Whether a role's trust policy lets a service in, such as events.amazonaws.com.
  bool trusts_service(const Entity& role, const std::string& service);

  /// Parsed once for each text; nullptr for one that does not parse (it allows nothing).
  std::shared_ptr<const Policy> parsed(const std::string& document, PolicyKind kind);

 private:
  std::optional<Entity> entity_of(const Principal& caller);
  void add_trust(const std::string& role_arn, PolicySet& set);
  /// All of a caller that a decision needs.
  struct CallerView {
    PolicySet policies;
    PrincipalFacts facts;
    ConditionContext context;
  };
  CallerView view_of(const Principal& caller);

  IdentityStore& identities_;
  PolicyStore& policies_;
  SessionStore& sessions_;
  storage::Remembered<CallerView> callers_;
  std::unordered_map<std::string, std::shared_ptr<const Policy>> cache_;
};

/// The role's name and account of arn:aws:iam::ACCOUNT:role/path/NAME.
struct RoleName {
  std::string account;
  std::string name;
};
std::optional<RoleName> role_of_arn(const std::string& arn);

}  // namespace tocsin::access
