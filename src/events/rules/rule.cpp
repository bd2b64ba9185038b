#include "events/rules/rule.h"

#include <boost/json.hpp>

#include "model/arn.h"

namespace tocsin::events {
namespace {

struct StateName {
  RuleState state;
  std::string_view text;
};
constexpr StateName state_names[] = {{RuleState::enabled, "ENABLED"},
                                     {RuleState::disabled, "DISABLED"},
                                     {RuleState::enabled_with_all_management_events, "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"}};

}  // namespace

std::string EventBus::arn() const { return make_arn("events", scope, "event-bus/" + name); }

std::string Rule::arn() const { return make_arn("events", scope, bus == default_bus ? "rule/" + name : "rule/" + bus + "/" + name); }

std::string_view to_text(RuleState state) {
  for (const StateName& name : state_names)
    if (name.state == state) return name.text;
  return "";
}

std::optional<RuleState> parse_rule_state(std::string_view text) {
  for (const StateName& name : state_names)
    if (name.text == text) return name.state;
  return std::nullopt;
}

}  // namespace tocsin::events
