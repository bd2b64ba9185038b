#include "detect/alarms/alarm_transitions.h"

#include <boost/json.hpp>
#include <cctype>

#include "detect/alarms/composite_rule.h"
#include "detect/alarms/service_json.h"

namespace tocsin::detect {
namespace {

constexpr std::string_view contributor_event_type = "CloudWatch Alarm Contributor State Change";
constexpr std::string_view configuration_event_type = "CloudWatch Alarm Configuration Change";

/// History must stay readable as JSON: what does not fit loses its bulky members first.
std::string state_history_text(StateView before, StateView after) {
  std::string text = to_service_json(state_history(before, after));
  if (text.size() > history_data_max) before.reason_data.clear(), text = to_service_json(state_history(before, after));
  if (text.size() > history_data_max) after.reason_data.clear(), text = to_service_json(state_history(before, after));
  return text.size() > history_data_max ? "{\"version\":\"1.0\"}" : text;
}

std::string update_summary(std::string_view what, AlarmState from, AlarmState to) {
  return std::string(what) + " updated from " + std::string(to_text(from)) + " to " + std::string(to_text(to));
}

}  // namespace

std::string AlarmTransitions::append(const AlarmRecord& alarm, std::string_view type, const Document& detail, Instant at,
                                     const std::string& key) {
  return append_event_({.scope = alarm.scope,
                        .event_time = at,
                        .source = std::string(alarm_event_source),
                        .type = std::string(type),
                        .subject_arn = alarm.arn(),
                        .resources = {alarm.arn()},
                        .detail = detail,
                        .idempotency_key = key});
}

Document AlarmTransitions::with_tags(const AlarmRecord& alarm, Document told, void (*add)(Object&, const ToldTags&)) {
  if (const Document* propagation = tags_propagation(alarm.definition))
    add(told.as_object(), told_tags(*propagation, store_.tags(alarm.arn())));
  return told;
}

void AlarmTransitions::apply(AlarmRecord& alarm, const StateChange& change) {
  const StateView before = view_of(alarm);
  const bool changes = before.state != change.state;
  alarm.state = change.state;
  alarm.reason = cut(change.reason, reason_max);
  alarm.reason_data = change.reason_data;
  alarm.state_updated = change.at;
  if (!changes) return store_.put_state(alarm);
  alarm.state_transitioned = change.at;
  SuppressionStep step{.next = {}, .act_from = before.state};
  if (alarm.kind == AlarmKind::composite)
    step = next_suppression(alarm.suppression, SuppressionEvent::flipped, suppressor_of(alarm), change.at, before.state);
  put_suppression(alarm, step.next);
  const StateView after = view_of(alarm);
  const std::int64_t sequence = store_.add_history(alarm.scope, {.alarm_name = alarm.name,
                                                                 .kind = alarm.kind,
                                                                 .time = change.at,
                                                                 .type = "StateUpdate",
                                                                 .summary = update_summary("Alarm", before.state, after.state),
                                                                 .data = state_history_text(before, after)});
  if (change.evidence) store_.put_evidence(alarm.scope, sequence, alarm.name, change.window_end, *change.evidence);
  const auto mute = mutes_.active(alarm.scope, alarm.name, change.at);
  Document detail = with_tags(alarm, event_detail(alarm, before, after, mute), add_to_event);
  const std::string key = alarm.arn() + '/' + std::to_string(sequence);
  const std::string event_id = append(alarm, alarm_event_type, detail, change.at, key);
  if (step.act_from)
    gate_.take(alarm,
               {.from = before.state,
                .to = after.state,
                .reason = after.reason,
                .at = change.at,
                .event_id = event_id,
                .idempotency_key = key,
                .message = gate_.has_actions(alarm, after.state, change.level) ? with_tags(alarm, notification(alarm, before, after), add_to_message) : Document(),
                .event_detail = std::move(detail),
                .level = change.level},
               mute);
  else
    gate_.record_suppression(alarm, after.state, change.at);
  if (changed_) changed_(alarm, before.state, change.at);
}

void AlarmTransitions::apply_contributor(const AlarmRecord& alarm, const ContributorRecord& contributor, const StateView& before) {
  const Instant at = contributor.transitioned;
  const std::int64_t sequence =
      store_.add_history(alarm.scope, {.alarm_name = alarm.name,
                                       .kind = alarm.kind,
                                       .time = at,
                                       .type = "AlarmContributorStateUpdate",
                                       .summary = update_summary("Alarm contributor", before.state, contributor.state),
                                       .data = cut(to_service_json(contributor_history(contributor, before)), history_data_max),
                                       .contributor_id = contributor.id,
                                       .contributor_attributes = to_json(contributor.attributes)});
  const auto mute = mutes_.active(alarm.scope, alarm.name, at);
  Document detail = with_tags(alarm, contributor_event_detail(alarm, contributor, mute), add_to_event);
  const std::string key = alarm.arn() + '/' + std::to_string(sequence);
  const std::string event_id = append(alarm, contributor_event_type, detail, at, key);
  gate_.take(alarm,
             {.from = before.state,
              .to = contributor.state,
              .reason = contributor.reason,
              .at = at,
              .event_id = event_id,
              .idempotency_key = key,
              .message = with_tags(alarm, contributor_notification(alarm, contributor, before.state), add_to_message),
              .event_detail = std::move(detail),
              .level = ActionLevel::contributor,
              .contributor = contributor},
             mute);
}

void AlarmTransitions::record_configuration(const AlarmRecord& alarm, std::string_view type, Instant at, const AlarmRecord* previous) {
  std::string verb(type);
  verb[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(verb[0])));
  std::string data = to_service_json(configuration_history(alarm, type));
  if (data.size() > history_data_max) data = to_service_json(Object{{"version", "1.0"}, {"type", type}});
  const std::int64_t sequence = store_.add_history(alarm.scope, {.alarm_name = alarm.name,
                                                                 .kind = alarm.kind,
                                                                 .time = at,
                                                                 .type = "ConfigurationUpdate",
                                                                 .summary = cut("Alarm \"" + alarm.name + "\" " + verb + 'd', summary_max),
                                                                 .data = data});
  append(alarm, configuration_event_type, configuration_event_detail(alarm, verb, previous), at,
         alarm.arn() + '/' + std::to_string(sequence));
}

SuppressorView AlarmTransitions::suppressor_of(const AlarmRecord& composite) {
  const std::string name = store_.suppressor_of(composite.scope, composite.name);
  if (name.empty()) return {};
  const auto suppressor = store_.find(composite.scope, name);
  return {.present = true,
          .in_alarm = suppressor && suppressor->state == AlarmState::alarm,
          .wait = std::chrono::seconds(integer_or(composite.definition, "ActionsSuppressorWaitPeriod", 0)),
          .extension = std::chrono::seconds(integer_or(composite.definition, "ActionsSuppressorExtensionPeriod", 0))};
}

void AlarmTransitions::put_suppression(AlarmRecord& composite, const Suppression& next) {
  composite.suppression = next;
  store_.put_state(composite);
  const bool waits = next.by == SuppressedBy::wait_period || next.by == SuppressedBy::extension_period;
  if (waits) timers_.set(suppression_timer, timer_key(composite.scope, composite.name), next.until);
}

void AlarmTransitions::suppress(AlarmRecord& composite, SuppressionEvent event, Instant at) {
  const SuppressionStep step = next_suppression(composite.suppression, event, suppressor_of(composite), at);
  if (step.next == composite.suppression && !step.act_from) return;
  const AlarmRecord before = composite;
  composite.state_updated = at;
  put_suppression(composite, step.next);
  if (step.next.by != before.suppression.by && step.next.by != SuppressedBy::nothing && step.next.changed_from)
    gate_.record_suppression(composite, composite.state, at);
  if (step.act_from) act_now(composite, *step.act_from, at, "released");
}

void AlarmTransitions::unmute(const Scope& scope, const std::string& name, Instant at) {
  const auto held = mutes_.held(scope, name);
  if (!held) return;
  if (const auto still = mutes_.active(scope, name, at)) return timers_.set(AlarmGate::unmute_timer, timer_key(scope, name), still->until);
  mutes_.let_go(scope, name);
  auto alarm = store_.find(scope, name);
  if (!alarm || alarm->state != held->state) return;
  if (alarm->suppression.by != SuppressedBy::nothing) {
    // the suppression decides when, and whether
    Suppression next = alarm->suppression;
    if (!next.changed_from) next.changed_from = held->from;
    return put_suppression(*alarm, next);
  }
  act_now(*alarm, held->from, at, "unmuted");
}

void AlarmTransitions::act_now(const AlarmRecord& alarm, AlarmState from, Instant at, std::string_view why) {
  const StateView after = view_of(alarm);
  StateView before = after;
  before.state = from;
  const auto mute = mutes_.active(alarm.scope, alarm.name, at);
  const std::string key = alarm.arn() + '/' + std::string(why) + '/' + std::to_string(to_ns(at));
  const auto contributors = store_.contributors(alarm.scope, alarm.name);
  gate_.take(alarm,
             {.from = from,
              .to = after.state,
              .reason = after.reason,
              .at = at,
              .event_id = {},
              .idempotency_key = key,
              .message = with_tags(alarm, notification(alarm, before, after), add_to_message),
              .event_detail = with_tags(alarm, event_detail(alarm, before, after, mute), add_to_event),
              .level = contributors.empty() ? ActionLevel::all : ActionLevel::alarm},
             mute);
  for (const ContributorRecord& each : contributors)
    if (each.state == after.state)
      gate_.take(alarm,
                 {.from = from,
                  .to = each.state,
                  .reason = each.reason,
                  .at = at,
                  .event_id = {},
                  .idempotency_key = key + '/' + each.id,
                  .message = with_tags(alarm, contributor_notification(alarm, each, from), add_to_message),
                  .event_detail = with_tags(alarm, contributor_event_detail(alarm, each, mute), add_to_event),
                  .level = ActionLevel::contributor,
                  .contributor = each},
                 mute);
}

}  // namespace tocsin::detect
