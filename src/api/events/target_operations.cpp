#include <boost/json.hpp>

#include "api/events/operations.h"
#include "api/events/reply.h"

namespace tocsin::api::eventbridge {
namespace {

Reply failures_or(const Result<std::vector<events::TargetFailure>>& failures) {
  if (!failures) return refuse(failures.error());
  Array entries;
  for (const auto& failure : *failures)
    entries.emplace_back(Object{{"TargetId", failure.target_id}, {"ErrorCode", failure.code}, {"ErrorMessage", failure.message}});
  return Object{{"FailedEntryCount", failures->size()}, {"FailedEntries", std::move(entries)}};
}

}  // namespace

Reply put_targets(Rules& rules, const Call& call) {
  return failures_or(rules.put_targets(call.scope, bus_of(call), text_or(call.input, "Rule"), array_at(call.input, "Targets")));
}

Reply remove_targets(Rules& rules, const Call& call) {
  std::vector<std::string> ids;
  for (const Document& id : array_at(call.input, "Ids")) ids.emplace_back(id.as_string());
  return failures_or(rules.remove_targets(call.scope, bus_of(call), text_or(call.input, "Rule"), ids));
}

Reply list_targets_by_rule(Rules& rules, const ListTokens& tokens, const Call& call) {
  const auto after = opened_token(call, tokens);
  if (!after) return std::unexpected(after.error());
  const int count = page_size(call);
  const auto found = rules.list_targets(call.scope, bus_of(call), text_or(call.input, "Rule"), *after, count);
  if (!found) return refuse(found.error());
  Array targets;
  for (const auto& target : *found) targets.push_back(target.definition);
  Object out{{"Targets", std::move(targets)}};
  if (static_cast<int>(found->size()) == count) out["NextToken"] = tokens.seal(call, found->back().id);
  return out;
}

Reply list_rule_names_by_target(Rules& rules, const ListTokens& tokens, const Call& call) {
  const auto after = opened_token(call, tokens);
  if (!after) return std::unexpected(after.error());
  const int count = page_size(call);
  const auto found = rules.rule_names_by_target(call.scope, bus_of(call), text_or(call.input, "TargetArn"), *after, count);
  if (!found) return refuse(found.error());
  Array names;
  for (const auto& name : *found) names.emplace_back(name);
  Object out{{"RuleNames", std::move(names)}};
  if (static_cast<int>(found->size()) == count) out["NextToken"] = tokens.seal(call, found->back());
  return out;
}

}  // namespace tocsin::api::eventbridge
