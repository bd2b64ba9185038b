#include "detect/alarms/composite_alarms.h"

#include <date/date.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <sstream>

#include "base/text_time.h"
#include "detect/alarms/composite_rule.h"

namespace tocsin::detect {
namespace {

constexpr std::size_t composites_of_child_max = 150;

/// "Friday 22 July, 2022 15:57:45 UTC"
std::string long_time(Instant at) {
  std::ostringstream out;
  out << date::format("%A %d %B, %Y %H:%M:%S UTC", date::floor<std::chrono::seconds>(at));
  return out.str();
}

Document triggering(const AlarmRecord& alarm, Instant at) {
  return Object{{"arn", alarm.arn()}, {"state", Object{{"value", to_text(alarm.state)}, {"timestamp", to_iso_offset_ms(at)}}}};
}

}  // namespace

Result<void> CompositeAlarms::check_known(const Scope& scope, const std::vector<std::string>& children, const std::string& suppressor) {
  std::string missing;
  for (const std::string& child : children)
    if (!store_.find(scope, child)) missing += (missing.empty() ? "" : ", ") + child;
  if (!missing.empty())
    return fail(ErrorKind::invalid, "Could not save the composite alarm as alarms [" + missing + "] in the alarm rule do not exist");
  if (!suppressor.empty() && !store_.find(scope, suppressor))
    return fail(ErrorKind::invalid,
                "Could not save the composite alarm as the actions suppressor alarm [" + suppressor + "] does not exist");
  return {};
}

Result<std::vector<std::string>> CompositeAlarms::check(const Scope& scope, const Document& definition) {
  const auto rule = parse_composite_rule(text_or(definition, "AlarmRule"));
  if (!rule) return std::unexpected(rule.error());
  std::vector<std::string> children = alarms_of(*rule);
  const std::string name = text_or(definition, "AlarmName");
  if (auto known = check_known(scope, children, alarm_name_of(text_or(definition, "ActionsSuppressor"))); !known)
    return std::unexpected(known.error());
  for (const std::string& child : children) {
    const auto parents = store_.parents_of(scope, child);
    const bool already = std::find(parents.begin(), parents.end(), name) != parents.end();
    if (!already && parents.size() >= composites_of_child_max)
      return fail(ErrorKind::limit_exceeded, "The alarm " + child + " is in the rules of 150 composite alarms already.");
  }
  return children;
}

void CompositeAlarms::configured(AlarmRecord& composite, const std::vector<std::string>& children, bool is_new, Instant at) {
  const Scope& scope = composite.scope;
  const std::string before = store_.suppressor_of(scope, composite.name),
                    after = alarm_name_of(text_or(composite.definition, "ActionsSuppressor"));
  store_.put_children(scope, composite.name, children);
  store_.put_suppressor(scope, composite.name, after);
  if (before != after) transitions_.suppress(composite, SuppressionEvent::configured, at);
  evaluate(composite, nullptr, is_new ? "created" : "updated", at);
}

void CompositeAlarms::evaluate(AlarmRecord& composite, const AlarmRecord* trigger, std::string_view verb, Instant at) {
  const auto rule = parse_composite_rule(text_or(composite.definition, "AlarmRule"));
  if (!rule) return;
  const bool alarm = holds(*rule, [&](const std::string& reference) -> std::optional<AlarmState> {
    const auto child = store_.find(composite.scope, alarm_name_of(reference));
    return child ? std::optional(child->state) : std::nullopt;
  });
  const AlarmState state = alarm ? AlarmState::alarm : AlarmState::ok;
  if (state == composite.state) return;
  std::string reason = fmt::format("{} was {} and its alarm rule evaluates to {}", composite.arn(), verb, to_text(state));
  Array triggers;
  if (trigger) {
    reason = fmt::format("{} transitioned to {} at {}", trigger->arn(), to_text(trigger->state), long_time(at));
    triggers.emplace_back(triggering(*trigger, at));
  } else {
    for (const std::string& name : alarms_of(*rule))
      if (const auto child = store_.find(composite.scope, name)) triggers.emplace_back(triggering(*child, child->state_updated));
  }
  // of a hundred children not all fit into 4,000 characters
  constexpr std::size_t triggers_max = 20;
  if (triggers.size() > triggers_max) triggers.erase(triggers.begin() + triggers_max, triggers.end());
  transitions_.apply(
      composite, {.state = state, .reason = reason, .reason_data = to_json(Object{{"triggeringAlarms", std::move(triggers)}}), .at = at});
}

void CompositeAlarms::child_changed(const AlarmRecord& child, AlarmState from, Instant at) {
  path_.push_back(child.arn());
  // first those that it suppresses: a composite that both names it and is suppressed by it is suppressed in time
  const bool in_alarm = child.state == AlarmState::alarm;
  if (in_alarm || from == AlarmState::alarm)
    for (const std::string& name : store_.suppressed_by(child.scope, child.name))
      if (auto composite = store_.find(child.scope, name))
        transitions_.suppress(*composite, in_alarm ? SuppressionEvent::suppressor_in_alarm : SuppressionEvent::suppressor_calm, at);
  for (const std::string& parent : store_.parents_of(child.scope, child.name)) {
    auto composite = store_.find(child.scope, parent);
    // a circle: its evaluation stops here
    if (!composite || std::find(path_.begin(), path_.end(), composite->arn()) != path_.end()) continue;
    evaluate(*composite, &child, "updated", at);
  }
  path_.pop_back();
}

}  // namespace tocsin::detect
