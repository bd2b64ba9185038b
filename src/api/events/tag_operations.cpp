#include <boost/json.hpp>

#include "api/events/operations.h"
#include "api/events/reply.h"
#include "model/arn.h"

namespace tocsin::api::eventbridge {
namespace {

/// The tags of the rule or bus that ResourceARN names, and how to set them.
Reply with_tags(Rules& rules, const Call& call,
                const std::function<Reply(events::Tags tags, const std::function<Result<void>(const events::Tags&)>& set)>& act) {
  const std::string text = text_or(call.input, "ResourceARN");
  const auto arn = parse_arn(text);
  if (!arn || arn->service != "events") return api::refuse("ValidationException", "Provided Arn is not in correct format.");
  if (arn->account != call.scope.account || arn->region != call.scope.region)
    return api::refuse("ResourceNotFoundException", "The resource " + text + " does not exist.");
  if (arn->resource.starts_with("event-bus/")) {
    auto bus = rules.find_bus(call.scope, text);
    if (!bus) return refuse(bus.error());
    return act(bus->tags, [&](const events::Tags& tags) { return bus->tags = tags, rules.update_bus(*bus); });
  }
  const auto rule = rules.find_rule_by_arn(text);
  if (!rule) return refuse(rule.error());
  return act(rule->tags, [&](const events::Tags& tags) { return rules.set_rule_tags(*rule, tags); });
}

}  // namespace

Reply tag_resource(Rules& rules, const Call& call) {
  return with_tags(rules, call, [&](events::Tags tags, const auto& set) {
    for (const auto& [key, value] : tags_at(call.input)) tags[key] = value;
    return empty_or(set(tags));
  });
}

Reply untag_resource(Rules& rules, const Call& call) {
  return with_tags(rules, call, [&](events::Tags tags, const auto& set) {
    for (const Document& key : array_at(call.input, "TagKeys")) tags.erase(std::string(key.as_string()));
    return empty_or(set(tags));
  });
}

Reply list_tags_for_resource(Rules& rules, const Call& call) {
  return with_tags(rules, call, [](const events::Tags& tags, const auto&) -> Reply {
    Array listed;
    for (const auto& [key, value] : tags) listed.emplace_back(Object{{"Key", key}, {"Value", value}});
    return Object{{"Tags", std::move(listed)}};
  });
}

}  // namespace tocsin::api::eventbridge
