#include "access/policies/decision.h"

#include <algorithm>

namespace tocsin::access {
namespace {

using Outcome = Decision::Outcome;

struct Gathered {
  bool allowed = false;
  bool denied = false;
  Naming naming = Naming::not_named;
};

void add(const SourcedPolicy& sourced, const AccessRequest& request, Gathered& out, Decision& decision) {
  const Verdict verdict = evaluate(*sourced.policy, request);
  out.allowed |= verdict.allowed;
  out.denied |= verdict.denied;
  out.naming = std::max(out.naming, verdict.naming);
  for (const std::size_t index : verdict.matched) decision.matched.emplace_back(sourced.source, index);
}

Gathered gather(const std::vector<SourcedPolicy>& policies, const AccessRequest& request, Decision& decision) {
  Gathered out;
  for (const SourcedPolicy& sourced : policies) add(sourced, request, out, decision);
  return out;
}

Gathered gather(const std::optional<SourcedPolicy>& policy, const AccessRequest& request, Decision& decision) {
  Gathered out;
  if (policy) add(*policy, request, out, decision);
  return out;
}

Decision& end(Decision& decision, Outcome outcome, DecidedBy by) {
  decision.outcome = outcome;
  decision.by = by;
  return decision;
}

std::string_view kind_words(DecidedBy by) {
  switch (by) {
    case DecidedBy::identity:
      return "identity-based policy";
    case DecidedBy::resource:
      return "resource-based policy";
    case DecidedBy::boundary:
      return "permissions boundary";
    case DecidedBy::session:
      return "session policy";
  }
  return "policy";
}

}  // namespace

Decision decide(const PolicySet& policies, const AccessRequest& request) {
  Decision decision;
  const Gathered identity = gather(policies.identity, request, decision);
  const Gathered boundary = gather(policies.boundary, request, decision);
  const Gathered session = gather(policies.session, request, decision);
  const Gathered resource = gather(policies.resource, request, decision);
  if (identity.denied) return end(decision, Outcome::explicitly_denied, DecidedBy::identity);
  if (resource.denied) return end(decision, Outcome::explicitly_denied, DecidedBy::resource);
  if (boundary.denied) return end(decision, Outcome::explicitly_denied, DecidedBy::boundary);
  if (session.denied) return end(decision, Outcome::explicitly_denied, DecidedBy::session);

  const bool same_account = policies.resource_account.empty() || policies.resource_account == request.principal.account;
  if ((!same_account || policies.resource_must_allow) && !resource.allowed)
    return end(decision, Outcome::implicitly_denied, DecidedBy::resource);
  // within the account, a resource that names the caller itself needs no identity policy; one that names the account leaves it to them
  if (same_account && resource.allowed && resource.naming == Naming::directly) return end(decision, Outcome::allowed, DecidedBy::resource);
  const bool granted_to_role = same_account && resource.allowed && resource.naming == Naming::by_role;
  if (!identity.allowed && !granted_to_role) return end(decision, Outcome::implicitly_denied, DecidedBy::identity);
  if (policies.boundary && !boundary.allowed) return end(decision, Outcome::implicitly_denied, DecidedBy::boundary);
  if (!policies.session.empty() && !session.allowed) return end(decision, Outcome::implicitly_denied, DecidedBy::session);
  return end(decision, Outcome::allowed, granted_to_role && !identity.allowed ? DecidedBy::resource : DecidedBy::identity);
}

std::string reason_words(const Decision& decision, const std::string& action) {
  const std::string kind(kind_words(decision.by));
  if (decision.outcome != Outcome::explicitly_denied) return "because no " + kind + " allows the " + action + " action";
  return std::string("with an explicit deny in ") + (decision.by == DecidedBy::identity ? "an " : "a ") + kind;
}

std::string denial_words(const Decision& decision, const AccessRequest& request) {
  return "User: " + request.principal.arn + " is not authorized to perform: " + request.action + " on resource: " + request.resource + ' ' +
         reason_words(decision, request.action);
}

}  // namespace tocsin::access
