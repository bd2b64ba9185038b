// What detect/alarms publishes (beside the event on the bus) and incidents, communicate and learn read back as evidence.
#pragma once

#include <string_view>

namespace tocsin {

enum class AlarmState { ok, alarm, insufficient_data };

/// The service's words: OK, ALARM, INSUFFICIENT_DATA.
std::string_view to_text(AlarmState state);

/// The source and detail-type of the event; its `detail` has the members that EventBridge documents (alarmName, state, previousState, configuration).
inline constexpr std::string_view alarm_event_source = "aws.cloudwatch";
inline constexpr std::string_view alarm_event_type = "CloudWatch Alarm State Change";

}  // namespace tocsin
