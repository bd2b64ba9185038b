// DeleteAlarms, SetAlarmState, EnableAlarmActions, DisableAlarmActions.
#include <boost/json.hpp>

#include "api/cloudwatch/operations.h"
#include "api/cloudwatch/reply.h"

namespace tocsin::api::cloudwatch {

Reply delete_alarms(Alarms& alarms, const Call& call) {
  if (auto removed = alarms.remove(call.scope, texts_at(call.input, "AlarmNames")); !removed) return to_service_error(removed.error());
  return Object{};
}

Reply set_alarm_state(Alarms& alarms, const Call& call) {
  const std::string reason_data = text_or(call.input, "StateReasonData");
  if (!reason_data.empty() && !parse_json(reason_data)) return refuse("InvalidFormatFault", "StateReasonData was not valid JSON.");
  const auto state = detect::parse_alarm_state(text_or(call.input, "StateValue"));
  if (!state) return validation_error("The value for parameter StateValue is invalid.");
  auto set = alarms.set_state(call.scope, text_or(call.input, "AlarmName"), *state, text_or(call.input, "StateReason"), reason_data);
  if (!set) return to_service_error(set.error());
  return Object{};
}

Reply enable_alarm_actions(Alarms& alarms, const Call& call, bool enabled) {
  alarms.enable_actions(call.scope, texts_at(call.input, "AlarmNames"), enabled);
  return Object{};
}

}  // namespace tocsin::api::cloudwatch
