// The service's words for why an alarm changed: StateReason and StateReasonData.
#pragma once

#include "detect/alarms/alarm.h"

namespace tocsin::detect {

inline constexpr std::string_view initial_reason = "Unchecked: Initial alarm creation";

std::string reason_text(const AlarmTerms& terms, AlarmState from, AlarmState to, const std::vector<Datapoint>& range);
/// Of one contributor: the newest point that decided, without the others.
std::string contributor_reason(const AlarmTerms& terms, AlarmState to, const std::vector<Datapoint>& range);
Document reason_data(const AlarmTerms& terms, const std::vector<Datapoint>& range, Instant now);

/// A double as the service prints it: 21.0, 0.001, 1.0E7.
std::string number_text(double value);

}  // namespace tocsin::detect
