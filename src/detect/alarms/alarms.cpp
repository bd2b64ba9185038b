#include "detect/alarms/alarms.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/text_time.h"
#include "detect/alarms/alarm_reason.h"
#include "detect/alarms/composite_rule.h"
#include "model/arn.h"

namespace tocsin::detect {
namespace {

constexpr std::size_t alarms_max = 100'000;
// composites above composites; a circle stops here
constexpr int depth_max = 16;

/// A rule names an alarm by its name or its ARN.
std::string name_of(const std::string& reference) {
  const auto arn = parse_arn(reference);
  if (!arn || arn->service != "cloudwatch" || !arn->resource.starts_with("alarm:")) return reference;
  return arn->resource.substr(6);
}

}  // namespace

Alarms::Alarms(storage::StateExecutor& state, Random& random, AlarmTransitions::AppendEvent append_event, AlarmData& data,
               SchedulerOptions options)
    : state_(state),
      random_(random),
      store_(state.database()),
      transitions_(store_, std::move(append_event)),
      scheduler_(state, store_, transitions_, data, options) {
  transitions_.on_changed([this](const AlarmRecord& alarm, Instant at) { child_changed(alarm, at); });
}

Result<void> Alarms::migrate() { return store_.migrate(); }

Result<AlarmRecord> Alarms::begin_put(const Scope& scope, const Document& definition, AlarmKind kind, bool actions_enabled) {
  const std::string name = text_or(definition, "AlarmName");
  auto known = store_.find(scope, name);
  if (known && known->kind != kind) return fail(ErrorKind::invalid, "An alarm of another type with the name " + name + " already exists.");
  if (!known && store_.count(scope) >= alarms_max) return fail(ErrorKind::limit_exceeded, "The maximum limit of alarms has been reached.");
  AlarmRecord alarm = known.value_or(AlarmRecord{});
  const Instant now = state_.now();
  if (!known) {
    alarm.scope = scope;
    alarm.name = name;
    alarm.kind = kind;
    alarm.reason = initial_reason;
    alarm.state_updated = alarm.state_transitioned = now;
  }
  alarm.definition = definition;
  alarm.revision = static_cast<std::int64_t>(random_.next() >> 1);
  alarm.actions_enabled = actions_enabled;
  alarm.configured = now;
  return alarm;
}

void Alarms::finish_put(AlarmRecord& alarm, bool is_new, const Tags& tags) {
  store_.put(alarm);
  if (is_new) store_.put_tags(alarm.arn(), tags);
  transitions_.record_configuration(alarm, is_new ? "Create" : "Update", alarm.configured);
}

Result<void> Alarms::put_metric(const Scope& scope, const Document& definition, bool actions_enabled, const Tags& tags) {
  const auto terms = parse_terms(definition);
  if (!terms) return std::unexpected(terms.error());
  auto alarm = begin_put(scope, definition, AlarmKind::metric, actions_enabled);
  if (!alarm) return std::unexpected(alarm.error());
  alarm->cadence_s = cadence_s(*terms);
  const bool is_new = !store_.find(scope, alarm->name);
  if (const Document* warm_up = find(definition, "WarmUpConfiguration"); warm_up && is_new)
    alarm->warm_until = state_.now() + std::chrono::minutes(integer_or(*warm_up, "WarmUpPeriodDurationInMinutes", 0));
  finish_put(*alarm, is_new, tags);
  return {};
}

Result<void> Alarms::check_children(const Scope& scope, const std::vector<std::string>& children) {
  std::string missing;
  for (const std::string& child : children)
    if (!store_.find(scope, child)) missing += (missing.empty() ? "" : ", ") + child;
  if (missing.empty()) return {};
  return fail(ErrorKind::invalid, "Could not save the composite alarm as alarms [" + missing + "] in the alarm rule do not exist");
}

Result<void> Alarms::put_composite(const Scope& scope, const Document& definition, bool actions_enabled, const Tags& tags) {
  const auto rule = parse_composite_rule(text_or(definition, "AlarmRule"));
  if (!rule) return std::unexpected(rule.error());
  std::vector<std::string> children;
  for (const std::string& reference : alarms_of(*rule)) children.push_back(name_of(reference));
  if (auto known = check_children(scope, children); !known) return known;
  auto alarm = begin_put(scope, definition, AlarmKind::composite, actions_enabled);
  if (!alarm) return std::unexpected(alarm.error());
  const bool is_new = !store_.find(scope, alarm->name);
  finish_put(*alarm, is_new, tags);
  store_.put_children(scope, alarm->name, children);
  evaluate_composite(*alarm, nullptr, state_.now());
  return {};
}

Result<void> Alarms::remove(const Scope& scope, const std::vector<std::string>& names) {
  std::string missing;
  for (const std::string& name : names)
    if (!store_.find(scope, name)) missing += (missing.empty() ? "" : ", ") + name;
  if (!missing.empty()) return fail(ErrorKind::not_found, "Alarms [" + missing + "] do not exist");
  for (const std::string& name : names) {
    const auto alarm = store_.find(scope, name);
    if (!alarm) continue;  // named twice
    transitions_.record_configuration(*alarm, "Delete", state_.now());
    store_.remove_all_tags(alarm->arn());
    store_.remove(scope, name);
  }
  return {};
}

Result<void> Alarms::set_state(const Scope& scope, const std::string& name, AlarmState state, const std::string& reason,
                               const std::string& reason_data) {
  auto alarm = store_.find(scope, name);
  if (!alarm) return fail(ErrorKind::not_found, "Alarm with name " + name + " does not exist.");
  transitions_.apply(*alarm, {.state = state, .reason = reason, .reason_data = reason_data, .at = state_.now(), .evidence = {}});
  return {};
}

void Alarms::enable_actions(const Scope& scope, const std::vector<std::string>& names, bool enabled) {
  for (const std::string& name : names) {
    auto alarm = store_.find(scope, name);
    if (!alarm || alarm->actions_enabled == enabled) continue;
    alarm->actions_enabled = enabled;
    store_.put_actions_enabled(scope, name, enabled);
    transitions_.record_configuration(*alarm, "Update", state_.now());
  }
}

void Alarms::evaluate_composite(AlarmRecord& composite, const AlarmRecord* trigger, Instant at) {
  const auto rule = parse_composite_rule(text_or(composite.definition, "AlarmRule"));
  if (!rule) return;
  const bool alarm = holds(*rule, [&](const std::string& reference) -> std::optional<AlarmState> {
    const auto child = store_.find(composite.scope, name_of(reference));
    if (!child) return std::nullopt;
    return child->state;
  });
  const AlarmState state = alarm ? AlarmState::alarm : AlarmState::ok;
  if (state == composite.state) return;
  std::string reason = composite.arn() + " was created and its alarm rule evaluates to " + std::string(to_text(state));
  Object data;
  if (trigger) {
    reason = trigger->arn() + " transitioned to " + std::string(to_text(trigger->state)) + " at " + to_rfc3339(at);
    data["triggeringAlarms"] =
        Array{Object{{"arn", trigger->arn()}, {"state", Object{{"value", to_text(trigger->state)}, {"timestamp", to_iso_offset_ms(at)}}}}};
  }
  transitions_.apply(composite, {.state = state, .reason = reason, .reason_data = to_json(data), .at = at, .evidence = {}});
}

void Alarms::child_changed(const AlarmRecord& child, Instant at) {
  if (depth_ >= depth_max) return;
  ++depth_;
  for (const std::string& parent : store_.parents_of(child.scope, child.name))
    if (auto composite = store_.find(child.scope, parent)) evaluate_composite(*composite, &child, at);
  --depth_;
}

}  // namespace tocsin::detect
