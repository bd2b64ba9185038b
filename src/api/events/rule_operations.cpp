#include <boost/json.hpp>

#include "api/events/operations.h"
#include "api/events/reply.h"

namespace tocsin::api::eventbridge {
namespace {

using events::Rule;
using events::RuleState;

Object to_document(const Rule& rule) {
  Object out{{"Name", rule.name}, {"Arn", rule.arn()}, {"State", std::string(to_text(rule.state))}, {"EventBusName", rule.bus}};
  const auto add = [&](const char* member, const std::string& value) {
    if (!value.empty()) out[member] = value;
  };
  add("EventPattern", rule.pattern);
  add("ScheduleExpression", rule.schedule);
  add("Description", rule.description);
  add("RoleArn", rule.role_arn);
  return out;
}

}  // namespace

Reply put_rule(Rules& rules, const Call& call) {
  const auto state = events::parse_rule_state(text_or(call.input, "State", "ENABLED"));
  if (!state) return api::refuse("ValidationException", "Parameter State is not valid.");
  const auto rule = rules.put_rule({.scope = call.scope,
                                    .bus = bus_of(call),
                                    .name = text_or(call.input, "Name"),
                                    .pattern = text_or(call.input, "EventPattern"),
                                    .schedule = text_or(call.input, "ScheduleExpression"),
                                    .state = *state,
                                    .description = text_or(call.input, "Description"),
                                    .role_arn = text_or(call.input, "RoleArn"),
                                    .tags = tags_at(call.input)});
  if (!rule) return refuse(rule.error());
  return Object{{"RuleArn", rule->arn()}};
}

Reply describe_rule(Rules& rules, const Call& call) {
  const auto rule = rules.find_rule(call.scope, bus_of(call), text_or(call.input, "Name"));
  if (!rule) return refuse(rule.error());
  Object out = to_document(*rule);
  out["CreatedBy"] = rule->scope.account;
  return out;
}

Reply list_rules(Rules& rules, const ListTokens& tokens, const Call& call) {
  const auto after = opened_token(call, tokens);
  if (!after) return std::unexpected(after.error());
  const int count = page_size(call);
  const auto found = rules.list_rules(call.scope, bus_of(call), text_or(call.input, "NamePrefix"), *after, count);
  if (!found) return refuse(found.error());
  Array listed;
  for (const Rule& rule : *found) listed.emplace_back(to_document(rule));
  Object out{{"Rules", std::move(listed)}};
  if (static_cast<int>(found->size()) == count) out["NextToken"] = tokens.seal(call, found->back().name);
  return out;
}

Reply delete_rule(Rules& rules, const Call& call) {
  return empty_or(rules.remove_rule(call.scope, bus_of(call), text_or(call.input, "Name")));
}
Reply enable_rule(Rules& rules, const Call& call) {
  return empty_or(rules.set_state(call.scope, bus_of(call), text_or(call.input, "Name"), RuleState::enabled));
}
Reply disable_rule(Rules& rules, const Call& call) {
  return empty_or(rules.set_state(call.scope, bus_of(call), text_or(call.input, "Name"), RuleState::disabled));
}

}  // namespace tocsin::api::eventbridge
