// Decides an alarm's state from its datapoints. Pure.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
#pragma once

#include "detect/alarms/alarm.h"

namespace tocsin::detect {

/// One period of the range, as the rule sees it.
enum class Mark { ok, breaching, missing };

/// The rule of M out of N with missing data, over the evaluation range (oldest first): gives all cells of the guide's table. nullopt keeps
/// the state.
std::optional<AlarmState> decide(const std::vector<Mark>& range, std::int64_t evaluation_periods, std::int64_t datapoints_to_alarm,
                                 MissingData missing);

struct Verdict {
  AlarmState state;
  std::string reason;
  Document reason_data;
  std::vector<Datapoint> evidence;  ///< the whole range, missing ones too
};

/// The transition that `range` (oldest first, one entry per period) calls for; nullopt when the state stays as it is.
std::optional<Verdict> evaluate(const AlarmTerms& terms, AlarmState current, const std::vector<Datapoint>& range, Instant now);

}  // namespace tocsin::detect
