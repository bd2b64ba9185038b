#include "detect/alarms/alarm_gate.h"

#include <algorithm>
#include <boost/json.hpp>

#include "detect/alarms/service_json.h"

namespace tocsin::detect {
namespace {

/// OpsItems and incidents are opened for an alarm alone.
bool acts_on_alarm_only(std::string_view arn) {
  return arn.find(":ssm-incidents:") != std::string_view::npos || arn.find(":opsitem:") != std::string_view::npos;
}

}  // namespace

const char* actions_member(AlarmState state) {
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

bool is_of_level(std::string_view action_arn, ActionLevel level) {
  const bool notifies = action_arn.find(":sns:") != std::string_view::npos || action_arn.find(":lambda:") != std::string_view::npos;
  return level == ActionLevel::all || (level == ActionLevel::contributor) == notifies;
}

std::string cut(std::string text, std::size_t size_max) {
  if (text.size() <= size_max) return text;
  while (size_max > 0 && (static_cast<unsigned char>(text[size_max]) & 0xc0) == 0x80) --size_max;
  text.resize(size_max);
  return text;
}

std::string timer_key(const Scope& scope, const std::string& alarm) { return scope.account + '/' + scope.region + '/' + alarm; }

std::pair<Scope, std::string> of_timer_key(const std::string& key) {
  const auto first = key.find('/'), second = key.find('/', first + 1);
  return {{key.substr(0, first), key.substr(first + 1, second - first - 1)}, key.substr(second + 1)};
}

bool AlarmGate::has_actions(const AlarmRecord& alarm, AlarmState state, ActionLevel level) const {
  if (!alarm.actions_enabled) return false;
  const Array& actions = array_at(alarm.definition, actions_member(state));
  return std::any_of(actions.begin(), actions.end(), [&](const Document& action) {
    return action.is_string() && is_of_level(std::string_view(action.get_string()), level) &&
           (state == AlarmState::alarm || !acts_on_alarm_only(std::string_view(action.get_string())));
  });
}

HistoryItem AlarmGate::item(const AlarmRecord& alarm, const ActionOccasion& occasion, std::string summary, std::string data) const {
  HistoryItem item{.alarm_name = alarm.name,
                   .kind = alarm.kind,
                   .time = occasion.at,
                   .type = occasion.contributor ? "AlarmContributorAction" : "Action",
                   .summary = cut(std::move(summary), summary_max),
                   .data = std::move(data)};
  if (occasion.contributor) {
    item.contributor_id = occasion.contributor->id;
    item.contributor_attributes = to_json(occasion.contributor->attributes);
  }
  return item;
}

void AlarmGate::take(const AlarmRecord& alarm, ActionOccasion occasion, const std::optional<ActiveMute>& mute) {
  if (mute) return hold(alarm, occasion, *mute);
  // a change that is acted on replaces one that was held back before
  if (!occasion.contributor) mutes_.let_go(alarm.scope, alarm.name);
  if (!alarm.actions_enabled || !actions_) return;
  for (const Document& action : array_at(alarm.definition, actions_member(occasion.to))) {
    if (!action.is_string()) continue;
    const std::string arn(action.get_string());
    if (!is_of_level(arn, occasion.level) || (occasion.to != AlarmState::alarm && acts_on_alarm_only(arn))) continue;
    run_one(alarm, occasion, arn);
  }
}

void AlarmGate::hold(const AlarmRecord& alarm, const ActionOccasion& occasion, const ActiveMute& mute) {
  if (!occasion.contributor) {
    mutes_.hold(alarm.scope, alarm.name, {.state = occasion.to, .from = occasion.from});
    timers_.set(unmute_timer, timer_key(alarm.scope, alarm.name), mute.until);
  }
  if (!has_actions(alarm, occasion.to, occasion.level)) return;
  std::string summary = "Alarm actions muted by alarm mute rule " + mute.rule_name;
  if (mute.others > 0)
    summary += " and " + std::to_string(mute.others) + (mute.others == 1 ? " other active mute rule" : " other active mute rules");
  const Object data{{"actionState", "Muted"},
                    {"stateUpdateTimestamp", to_ms(occasion.at)},
                    {"mutedByArn", mute.rule_arn},
                    {"muteWindowStart", to_ms(mute.window.start)},
                    {"muteWindowEnd", to_ms(mute.window.end)}};
  store_.add_history(alarm.scope, item(alarm, occasion, summary, to_json(data)));
}

void AlarmGate::record_suppression(const AlarmRecord& alarm, AlarmState to, Instant at) {
  if (!has_actions(alarm, to, ActionLevel::all)) return;
  const Object data{{"actionState", "Suppressed"},
                    {"stateUpdateTimestamp", to_ms(at)},
                    {"actionsSuppressedBy", to_text(alarm.suppression.by)},
                    {"actionsSuppressor", text_or(alarm.definition, "ActionsSuppressor")}};
  const ActionOccasion occasion{
      .from = to, .to = to, .reason = {}, .at = at, .event_id = {}, .idempotency_key = {}, .message = {}, .event_detail = {}};
  store_.add_history(alarm.scope, item(alarm, occasion, suppression_reason(alarm.suppression.by), to_json(data)));
}

void AlarmGate::run_one(const AlarmRecord& alarm, const ActionOccasion& occasion, const std::string& action_arn) {
  const Result<void> outcome = actions_->run({.scope = alarm.scope,
                                              .action_arn = action_arn,
                                              .alarm_name = alarm.name,
                                              .alarm_arn = alarm.arn(),
                                              .old_state = occasion.from,
                                              .new_state = occasion.to,
                                              .reason = occasion.reason,
                                              .changed_at = occasion.at,
                                              .event_id = occasion.event_id,
                                              .idempotency_key = occasion.idempotency_key + '/' + action_arn,
                                              .subject = notification_subject(alarm, occasion.to),
                                              .message = occasion.message,
                                              .message_text = to_service_json(occasion.message),
                                              .event_detail = occasion.event_detail,
                                              .definition = alarm.definition});
  const std::string summary = outcome ? "Successfully executed action " + action_arn
                                      : "Failed to execute action " + action_arn + ". Received error: \"" + outcome.error().message + '"';
  std::string data = to_service_json(action_history(action_arn, occasion.message, outcome, occasion.at));
  if (data.size() > history_data_max) data = to_service_json(action_history(action_arn, nullptr, outcome, occasion.at));
  store_.add_history(alarm.scope, item(alarm, occasion, summary, data));
}

}  // namespace tocsin::detect
