#include "detect/alarms/alarms.h"

#include <algorithm>
#include <boost/json.hpp>

#include "detect/alarms/alarm_reason.h"
#include "detect/alarms/composite_rule.h"

namespace tocsin::detect {
namespace {

constexpr std::size_t alarms_max = 100'000, mute_rules_max = 1'000;

std::string joined(const std::vector<std::string>& names, std::string_view between) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? std::string() : std::string(between)) + name;
  return text;
}

/// A warm-up counts from the alarm's creation and never begins again.
Instant warm_until(const AlarmRecord& alarm, bool is_new, Instant now) {
  const Document* warm_up = find(alarm.definition, "WarmUpConfiguration");
  const bool over = !is_new && now >= alarm.warm_until;
  if (over) return alarm.warm_until;
  if (!warm_up) return now;
  const Instant created = is_new ? now : alarm.state_transitioned;
  return created + std::chrono::minutes(integer_or(*warm_up, "WarmUpPeriodDurationInMinutes", 0));
}

}  // namespace

Alarms::Alarms(storage::StateExecutor& state, Random& random, delivery::Timers& timers, AlarmTransitions::AppendEvent append_event,
               AlarmData& data, SchedulerOptions options)
    : state_(state),
      random_(random),
      store_(state.database()),
      mutes_(state.database()),
      transitions_(store_, mutes_, timers, std::move(append_event)),
      composites_(store_, transitions_),
      scheduler_(state, store_, transitions_, data, options) {
  transitions_.on_changed([this](const AlarmRecord& alarm, AlarmState from, Instant at) { composites_.child_changed(alarm, from, at); });
  timers.handle(AlarmTransitions::suppression_timer, [this](const std::string& key, Instant, const Document&) -> Result<void> {
    const auto [scope, name] = of_timer_key(key);
    // the timer knows best when the period is over: somebody may have set the clock back
    if (auto composite = store_.find(scope, name))
      transitions_.suppress(*composite, SuppressionEvent::period_over, std::max(state_.now(), composite->suppression.until));
    return {};
  });
  timers.handle(AlarmGate::unmute_timer, [this](const std::string& key, Instant, const Document&) -> Result<void> {
    const auto [scope, name] = of_timer_key(key);
    transitions_.unmute(scope, name, state_.now());
    return {};
  });
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

void Alarms::finish_put(AlarmRecord& alarm, const std::optional<AlarmRecord>& before, const Tags& tags) {
  store_.put(alarm);
  if (!before) store_.put_tags(alarm.arn(), tags);
  transitions_.record_configuration(alarm, before ? "Update" : "Create", alarm.configured, before ? &*before : nullptr);
}

Result<void> Alarms::put_metric(const Scope& scope, const Document& definition, bool actions_enabled, const Tags& tags) {
  const auto terms = parse_terms(definition);
  if (!terms) return std::unexpected(terms.error());
  auto alarm = begin_put(scope, definition, AlarmKind::metric, actions_enabled);
  if (!alarm) return std::unexpected(alarm.error());
  alarm->cadence_s = cadence_s(*terms);
  const auto before = store_.find(scope, alarm->name);
  if (!before && terms->promql) alarm->state = AlarmState::ok;
  alarm->warm_until = warm_until(*alarm, !before, state_.now());
  // contributors of another query mean nothing to this one
  const auto query_of = [](const AlarmRecord& record) {
    const Document* criteria = find(record.definition, "EvaluationCriteria");
    return criteria ? *criteria : Document(array_at(record.definition, "Metrics"));
  };
  if (before && query_of(*before) != query_of(*alarm)) store_.remove_contributors(scope, alarm->name);
  finish_put(*alarm, before, tags);
  return {};
}

Result<void> Alarms::put_composite(const Scope& scope, const Document& definition, bool actions_enabled, const Tags& tags) {
  const auto children = composites_.check(scope, definition);
  if (!children) return std::unexpected(children.error());
  auto alarm = begin_put(scope, definition, AlarmKind::composite, actions_enabled);
  if (!alarm) return std::unexpected(alarm.error());
  const auto before = store_.find(scope, alarm->name);
  finish_put(*alarm, before, tags);
  composites_.configured(*alarm, *children, !before, state_.now());
  return {};
}

Result<void> Alarms::put_log(const Scope& scope, const Document& definition, bool actions_enabled, const Tags& tags) {
  auto alarm = begin_put(scope, definition, AlarmKind::log, actions_enabled);
  if (!alarm) return std::unexpected(alarm.error());
  const auto before = store_.find(scope, alarm->name);
  alarm->warm_until = warm_until(*alarm, !before, state_.now());
  finish_put(*alarm, before, tags);
  return {};
}

Result<void> Alarms::check_removable(const Scope& scope, const std::vector<AlarmRecord>& alarms) {
  const auto is_composite = [](const AlarmRecord& alarm) { return alarm.kind == AlarmKind::composite; };
  if (std::count_if(alarms.begin(), alarms.end(), is_composite) > 1)
    return fail(ErrorKind::invalid, "You can delete only one composite alarm in a request.");
  std::vector<std::string> needed;
  for (const AlarmRecord& alarm : alarms) {
    auto dependents = store_.parents_of(scope, alarm.name);
    for (std::string& each : store_.suppressed_by(scope, alarm.name)) dependents.push_back(std::move(each));
    const bool stays = std::any_of(dependents.begin(), dependents.end(), [&](const std::string& dependent) {
      return std::none_of(alarms.begin(), alarms.end(),
                          [&](const AlarmRecord& other) { return other.name == dependent && other.name != alarm.name; });
    });
    if (stays) needed.push_back(alarm.name);
  }
  if (needed.empty()) return {};
  return fail(ErrorKind::invalid, "Cannot delete " + joined(needed, ",") + " as there are composite alarm(s) depending on " +
                                      (needed.size() == 1 ? "it." : "them."));
}

Result<void> Alarms::remove(const Scope& scope, const std::vector<std::string>& names) {
  std::vector<AlarmRecord> alarms;
  for (const std::string& name : std::set<std::string>(names.begin(), names.end()))
    if (auto alarm = store_.find(scope, name)) alarms.push_back(std::move(*alarm));
  if (alarms.empty()) return fail(ErrorKind::not_found, "Alarms [" + joined(names, ", ") + "] do not exist");
  if (auto removable = check_removable(scope, alarms); !removable) return removable;
  for (const AlarmRecord& alarm : alarms) {
    transitions_.record_configuration(alarm, "Delete", state_.now());
    store_.remove_all_tags(alarm.arn());
    store_.remove(scope, alarm.name);
  }
  return {};
}

Result<void> Alarms::set_state(const Scope& scope, const std::string& name, AlarmState state, const std::string& reason,
                               const std::string& reason_data) {
  auto alarm = store_.find(scope, name);
  if (!alarm) return fail(ErrorKind::not_found, "Alarm with name " + name + " does not exist.");
  transitions_.apply(*alarm, {.state = state, .reason = reason, .reason_data = reason_data, .at = state_.now()});
  return {};
}

void Alarms::enable_actions(const Scope& scope, const std::vector<std::string>& names, bool enabled) {
  for (const std::string& name : names) {
    auto alarm = store_.find(scope, name);
    if (!alarm || alarm->actions_enabled == enabled) continue;
    const AlarmRecord before = *alarm;
    alarm->actions_enabled = enabled;
    alarm->configured = state_.now();
    store_.put_actions_enabled(scope, name, enabled, alarm->configured);
    transitions_.record_configuration(*alarm, "Update", state_.now(), &before);
  }
}

void Alarms::unmute(const Scope& scope, const std::vector<std::string>& alarms) {
  for (const std::string& alarm : alarms) transitions_.unmute(scope, alarm, state_.now());
}

Result<void> Alarms::put_mute_rule(const Scope& scope, const Document& definition, const Tags& tags) {
  if (auto terms = parse_mute_terms(definition); !terms) return std::unexpected(terms.error());
  const std::string name = text_or(definition, "Name");
  const auto before = mutes_.find(scope, name);
  if (!before && mutes_.count(scope) >= mute_rules_max)
    return fail(ErrorKind::limit_exceeded, "The maximum limit of alarm mute rules has been reached.");
  const Instant now = state_.now();
  MuteRule rule{scope, name, definition, {}, before ? before->created : now, now};
  if (const Document* targets = find(definition, "MuteTargets"))
    for (const Document& each : array_at(*targets, "AlarmNames"))
      if (each.is_string()) rule.targets.emplace_back(each.get_string());
  std::vector<std::string> missing;
  for (const std::string& target : rule.targets)
    if (!store_.find(scope, target)) missing.push_back(target);
  if (!missing.empty()) return fail(ErrorKind::invalid, "Alarms [" + joined(missing, ", ") + "] do not exist");
  mutes_.put(rule);
  if (!before) store_.put_tags(rule.arn(), tags);
  if (before) unmute(scope, before->targets);
  return {};
}

void Alarms::remove_mute_rule(const Scope& scope, const std::string& name) {
  const auto rule = mutes_.find(scope, name);
  if (!rule) return;
  store_.remove_all_tags(rule->arn());
  mutes_.remove(scope, name);
  unmute(scope, rule->targets);
}

}  // namespace tocsin::detect
