#include "detect/alarms/alarm_transitions.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>

#include "detect/alarms/alarm_documents.h"
#include "detect/alarms/service_json.h"

namespace tocsin::detect {
namespace {

// the model's limits
constexpr std::size_t reason_max = 1023, history_data_max = 4095, summary_max = 255;

std::string cut(std::string text, std::size_t size_max) {
  if (text.size() <= size_max) return text;
  while (size_max > 0 && (static_cast<unsigned char>(text[size_max]) & 0xc0) == 0x80) --size_max;
  text.resize(size_max);
  return text;
}

const char* actions_of(AlarmState state) {
  switch (state) {
    case AlarmState::ok:
      return "OKActions";
    case AlarmState::alarm:
      return "AlarmActions";
    case AlarmState::insufficient_data:
      return "InsufficientDataActions";
  }
  return "";
}

/// OpsItems and incidents are opened for an alarm alone.
bool acts_on_alarm_only(std::string_view arn) {
  return arn.find(":ssm-incidents:") != std::string_view::npos || arn.find(":opsitem:") != std::string_view::npos;
}

/// History must stay readable as JSON: what does not fit loses its bulky members first.
std::string state_history_text(StateView before, StateView after) {
  std::string text = to_service_json(state_history(before, after));
  if (text.size() > history_data_max) before.reason_data.clear(), text = to_service_json(state_history(before, after));
  if (text.size() > history_data_max) after.reason_data.clear(), text = to_service_json(state_history(before, after));
  return text.size() > history_data_max ? "{\"version\":\"1.0\"}" : text;
}

}  // namespace

void AlarmTransitions::apply(AlarmRecord& alarm, const StateChange& change) {
  const StateView before{alarm.state, alarm.reason, alarm.reason_data, alarm.state_updated};
  const StateView after{change.state, cut(change.reason, reason_max), change.reason_data, change.at};
  const bool changes = before.state != after.state;
  alarm.state = after.state;
  alarm.reason = after.reason;
  alarm.reason_data = after.reason_data;
  alarm.state_updated = change.at;
  if (changes) alarm.state_transitioned = change.at;
  store_.put_state(alarm);
  if (!changes) return;
  const std::string summary = "Alarm updated from " + std::string(to_text(before.state)) + " to " + std::string(to_text(after.state));
  const std::int64_t sequence = store_.add_history(alarm.scope, {.alarm_name = alarm.name,
                                                                 .kind = alarm.kind,
                                                                 .time = change.at,
                                                                 .type = "StateUpdate",
                                                                 .summary = summary,
                                                                 .data = state_history_text(before, after)});
  if (change.evidence) store_.put_evidence(alarm.scope, sequence, alarm.name, change.window_end, *change.evidence);
  Document detail = event_detail(alarm, before, after);
  const Document message = notification(alarm, before, after);
  const std::string key = alarm.arn() + '/' + std::to_string(sequence);
  const std::string event_id = append_event_({.scope = alarm.scope,
                                              .event_time = change.at,
                                              .source = std::string(alarm_event_source),
                                              .type = std::string(alarm_event_type),
                                              .subject_arn = alarm.arn(),
                                              .resources = {alarm.arn()},
                                              .detail = detail,
                                              .idempotency_key = key});
  run_actions(alarm, {.scope = alarm.scope,
                      .action_arn = {},
                      .alarm_name = alarm.name,
                      .alarm_arn = alarm.arn(),
                      .old_state = before.state,
                      .new_state = after.state,
                      .reason = after.reason,
                      .changed_at = change.at,
                      .event_id = event_id,
                      .idempotency_key = key,
                      .subject = notification_subject(alarm, after.state),
                      .message = message,
                      .message_text = to_service_json(message),
                      .event_detail = std::move(detail),
                      .definition = alarm.definition});
  if (changed_) changed_(alarm, change.at);
}

void AlarmTransitions::run_actions(const AlarmRecord& alarm, AlarmActionRequest request) {
  if (!alarm.actions_enabled || !actions_) return;
  const std::string transition_key = request.idempotency_key;
  for (const Document& action : array_at(alarm.definition, actions_of(request.new_state))) {
    if (!action.is_string()) continue;
    request.action_arn = action.as_string();
    if (request.new_state != AlarmState::alarm && acts_on_alarm_only(request.action_arn)) continue;
    request.idempotency_key = transition_key + '/' + request.action_arn;
    const Result<void> outcome = actions_->run(request);
    const std::string summary =
        outcome ? "Successfully executed action " + request.action_arn
                : "Failed to execute action " + request.action_arn + ". Received error: \"" + outcome.error().message + '"';
    std::string data = to_service_json(action_history(request.action_arn, request.message, outcome, request.changed_at));
    if (data.size() > history_data_max) data = to_service_json(action_history(request.action_arn, nullptr, outcome, request.changed_at));
    store_.add_history(alarm.scope, {.alarm_name = alarm.name,
                                     .kind = alarm.kind,
                                     .time = request.changed_at,
                                     .type = "Action",
                                     .summary = cut(summary, summary_max),
                                     .data = data});
  }
}

void AlarmTransitions::record_configuration(const AlarmRecord& alarm, std::string_view type, Instant at) {
  std::string verb(type);
  verb[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(verb[0])));
  std::string data = to_service_json(configuration_history(alarm, type));
  if (data.size() > history_data_max) data = to_service_json(Object{{"version", "1.0"}, {"type", type}});
  store_.add_history(alarm.scope, {.alarm_name = alarm.name,
                                   .kind = alarm.kind,
                                   .time = at,
                                   .type = "ConfigurationUpdate",
                                   .summary = cut("Alarm \"" + alarm.name + "\" " + verb + 'd', summary_max),
                                   .data = data});
}

}  // namespace tocsin::detect
