#include "access/policies/evaluation.h"

#include <algorithm>

#include "access/policies/condition.h"
#include "model/arn.h"

namespace tocsin::access {
namespace {

bool any_matches(const std::vector<std::string>& patterns, const AccessRequest& request, bool with_variables) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    if (!with_variables) return Wildcard(pattern).matches(request.resource);
    const auto expanded = Wildcard::with_variables(pattern, request.context);
    return expanded && expanded->matches(request.resource);
  });
}

bool has_unknown_variable(const std::vector<std::string>& patterns, const ConditionContext& context) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return !Wildcard::with_variables(pattern, context); });
}

bool action_fits(const Statement& statement, const AccessRequest& request) {
  const bool found = std::any_of(statement.actions.values.begin(), statement.actions.values.end(),
                                 [&](const std::string& pattern) { return Wildcard(pattern).matches(request.action, true); });
  return found != statement.actions.all_but;
}

bool resource_fits(const Statement& statement, const AccessRequest& request, bool with_variables) {
  const Patterns& resources = statement.resources;
  if (!resources.present) return true;
  if (resources.all_but && with_variables && has_unknown_variable(resources.values, request.context)) return false;
  return any_matches(resources.values, request, with_variables) != resources.all_but;
}

// an ARN of a role session has lost the role's path, so "Not" compares the role too
Naming principal_naming(const Statement& statement, const PrincipalFacts& principal) {
  if (!statement.has_principal) return Naming::directly;
  Naming best = Naming::not_named;
  for (const PrincipalPattern& pattern : statement.principals) best = std::max(best, names(pattern, principal));
  if (!statement.all_but_principals) return best;
  return best == Naming::not_named ? Naming::directly : Naming::not_named;
}

bool conditions_hold(const Statement& statement, const AccessRequest& request, bool with_variables) {
  return std::all_of(statement.conditions.begin(), statement.conditions.end(),
                     [&](const Condition& condition) { return holds(condition, request.context, with_variables); });
}

}  // namespace

Naming names(const PrincipalPattern& pattern, const PrincipalFacts& principal) {
  if (pattern.type == "*") return Naming::directly;
  if (pattern.type == "Service")
    return principal.is_service && (pattern.value == principal.arn || pattern.value == "*") ? Naming::directly : Naming::not_named;
  if (pattern.type == "Federated")
    return principal.is_federated && (pattern.value == principal.arn || pattern.value == "*") ? Naming::directly : Naming::not_named;
  if (pattern.type != "AWS" || principal.is_service || principal.is_federated) return Naming::not_named;
  if (pattern.value == "*" || pattern.value == principal.arn) return Naming::directly;
  if (!principal.role_arn.empty() && pattern.value == principal.role_arn) return Naming::by_role;
  if (pattern.value == principal.account || pattern.value == "arn:aws:iam::" + principal.account + ":root") return Naming::by_account;
  return Naming::not_named;
}

Verdict evaluate(const Policy& policy, const AccessRequest& request) {
  Verdict verdict;
  const bool variables = policy.has_variables();
  for (std::size_t index = 0; index < policy.statements.size(); ++index) {
    const Statement& statement = policy.statements[index];
    const Naming naming = principal_naming(statement, request.principal);
    if (naming == Naming::not_named || !action_fits(statement, request) || !resource_fits(statement, request, variables) ||
        !conditions_hold(statement, request, variables))
      continue;
    verdict.matched.push_back(index);
    if (statement.effect == Effect::deny)
      verdict.denied = true;
    else {
      verdict.allowed = true;
      verdict.naming = std::max(verdict.naming, naming);
    }
  }
  return verdict;
}

}  // namespace tocsin::access
