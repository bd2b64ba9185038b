#include <boost/json.hpp>
#include <set>

#include "api/iam/operations.h"
#include "model/arn.h"

namespace tocsin::api::iam {
namespace {

using access::AccessRequest;
using access::Decision;
using access::PolicySet;
using access::SourcedPolicy;

std::vector<std::string> texts_at(const Document& input, const char* member) {
  std::vector<std::string> out;
  for (const Document& value : array_at(input, member))
    if (value.is_string()) out.emplace_back(value.as_string());
  return out;
}

std::expected<SourcedPolicy, ServiceError> parsed(const std::string& document, access::PolicyKind kind, std::string source) {
  auto policy = access::parse_policy(document, kind);
  if (!policy) return refuse("InvalidInputException", policy.error().message);
  return SourcedPolicy{std::make_shared<access::Policy>(std::move(*policy)), std::move(source)};
}

// several documents given as the boundary are one policy
std::expected<void, ServiceError> add_boundary(const Document& input, PolicySet& set) {
  auto whole = std::make_shared<access::Policy>(access::Policy{"2012-10-17", {}});
  const std::vector<std::string> documents = texts_at(input, "PermissionsBoundaryPolicyInputList");
  for (const std::string& document : documents) {
    auto policy = parsed(document, access::PolicyKind::identity, "");
    if (!policy) return std::unexpected(policy.error());
    whole->statements.insert(whole->statements.end(), policy->policy->statements.begin(), policy->policy->statements.end());
  }
  if (!documents.empty()) set.boundary = SourcedPolicy{std::move(whole), "PermissionsBoundaryPolicyInputList.1"};
  return {};
}

std::expected<void, ServiceError> add_inputs(const Document& input, PolicySet& set) {
  std::size_t number = 0;
  for (const std::string& document : texts_at(input, "PolicyInputList")) {
    auto policy = parsed(document, access::PolicyKind::identity, "PolicyInputList." + std::to_string(++number));
    if (!policy) return std::unexpected(policy.error());
    set.identity.push_back(std::move(*policy));
  }
  if (auto added = add_boundary(input, set); !added) return added;
  if (const auto document = text_at(input, "ResourcePolicy")) {
    auto policy = parsed(*document, access::PolicyKind::resource, "ResourcePolicy");
    if (!policy) return std::unexpected(policy.error());
    set.resource = std::move(*policy);
  }
  if (const auto owner = text_at(input, "ResourceOwner"))
    if (const auto arn = parse_arn(*owner)) set.resource_account = arn->account;
  return {};
}

access::ConditionContext context_of(const Document& input) {
  access::ConditionContext out;
  for (const Document& entry : array_at(input, "ContextEntries"))
    out[lower_case(text_or(entry, "ContextKeyName"))] = texts_at(entry, "ContextKeyValues");
  return out;
}

void add_missing(const SourcedPolicy& sourced, const access::ConditionContext& context, std::set<std::string>& missing) {
  for (const access::Statement& statement : sourced.policy->statements)
    for (const access::Condition& condition : statement.conditions)
      if (!context.contains(lower_case(condition.key))) missing.insert(condition.key);
}

Array missing_values(const PolicySet& set, const access::ConditionContext& context) {
  std::set<std::string> missing;
  for (const SourcedPolicy& sourced : set.identity) add_missing(sourced, context, missing);
  if (set.boundary) add_missing(*set.boundary, context, missing);
  if (set.resource) add_missing(*set.resource, context, missing);
  return Array(missing.begin(), missing.end());
}

const char* decision_word(const Decision& decision) {
  switch (decision.outcome) {
    case Decision::Outcome::allowed:
      return "allowed";
    case Decision::Outcome::explicitly_denied:
      return "explicitDeny";
    case Decision::Outcome::implicitly_denied:
      return "implicitDeny";
  }
  return "";
}

Document result_of(const PolicySet& set, const AccessRequest& request) {
  const Decision decision = access::decide(set, request);
  Array matched;
  for (const auto& [source, index] : decision.matched)
    matched.push_back(
        Object{{"SourcePolicyId", source}, {"SourcePolicyType", source == "ResourcePolicy" ? "Resource Policy" : "IAM Policy"}});
  Object out{{"EvalActionName", request.action},
             {"EvalResourceName", request.resource},
             {"EvalDecision", decision_word(decision)},
             {"MatchedStatements", std::move(matched)},
             {"MissingContextValues", missing_values(set, request.context)}};
  if (set.boundary) {
    const access::Verdict verdict = access::evaluate(*set.boundary->policy, request);
    out["PermissionsBoundaryDecisionDetail"] = Object{{"AllowedByPermissionsBoundary", verdict.allowed && !verdict.denied}};
  }
  return out;
}

Reply simulate(const IamRooms& rooms, const Call& call, PolicySet set, access::PrincipalFacts principal) {
  if (auto added = add_inputs(call.input, set); !added) return std::unexpected(added.error());
  std::vector<std::string> resources = texts_at(call.input, "ResourceArns");
  if (resources.empty()) resources.emplace_back("*");
  const access::ConditionContext context = context_of(call.input);
  KeyedItems items;
  for (const std::string& action : texts_at(call.input, "ActionNames"))
    for (const std::string& resource : resources) {
      // the results keep the order of the question
      std::string order = std::to_string(1'000'000 + items.size());
      items.emplace_back(std::move(order),
                         result_of(set, {.action = action, .resource = resource, .principal = principal, .context = context}));
    }
  return page_of(rooms, call, {}, "EvaluationResults", items);
}

access::PrincipalFacts caller_facts(const Document& input, const std::string& otherwise) {
  const std::string arn_text = text_or(input, "CallerArn", otherwise);
  const auto arn = parse_arn(arn_text);
  return {arn ? arn->account : "", arn_text, "", false};
}

std::expected<Entity, ServiceError> source_entity(const IamRooms& rooms, const Call& call) {
  const std::string text = text_or(call.input, "PolicySourceArn");
  const auto arn = parse_arn(text);
  if (arn && arn->service == "iam" && arn->account == call.scope.account)
    for (const EntityKind kind : {EntityKind::user, EntityKind::group, EntityKind::role}) {
      if (!arn->resource.starts_with(std::string(access::to_text(kind)) + '/')) continue;
      auto found = rooms.identities.find(kind, arn->account, arn->resource.substr(arn->resource.rfind('/') + 1));
      if (!found) return refused(found.error());
      return std::move(*found);
    }
  return refuse("InvalidInputException", "Invalid Entity Arn: " + text + " does not clearly define entity type and name.");
}

}  // namespace

Reply simulate_custom_policy(const IamRooms& rooms, const Call& call) {
  return simulate(rooms, call, {}, caller_facts(call.input, "arn:aws:iam::" + call.scope.account + ":user/simulated"));
}

Reply simulate_principal_policy(const IamRooms& rooms, const Call& call) {
  const auto entity = source_entity(rooms, call);
  if (!entity) return std::unexpected(entity.error());
  PolicySet set;
  set.identity = rooms.authorizer.policies_of(*entity);
  if (!entity->boundary_arn.empty())
    if (const auto document = rooms.policies.document_of(entity->boundary_arn))
      if (auto policy = rooms.authorizer.parsed(*document, access::PolicyKind::identity))
        set.boundary = SourcedPolicy{std::move(policy), entity->boundary_arn};
  return simulate(rooms, call, std::move(set), caller_facts(call.input, entity->arn()));
}

}  // namespace tocsin::api::iam
