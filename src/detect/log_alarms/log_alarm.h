// A log alarm's query and the value of its rows. Pure.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutLogAlarm.html
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "detect/alarms/alarm.h"

namespace tocsin::detect {

/// Names and texts, in the query's order.
using LogQueryRow = std::vector<std::pair<std::string, std::string>>;

/// The query string and, behind it, stats with the aggregation; an order behind the aggregation without a name orders by its value.
std::string query_of_log_alarm(const Document& configuration);
/// The name of the scheduled query of the alarm: what such a name may not have is written as #XX.
std::string query_name_of(const std::string& alarm);
/// As a scheduled query (the members of CreateScheduledQuery) of that name.
Object scheduled_query_of(const Document& configuration, const std::string& name);

struct LogValue {
  double value = 0;
  std::string group;  ///< "host=a", of an aggregation by field
};
/// The number of each row: its last column that is one.
std::vector<LogValue> values_of(const std::vector<LogQueryRow>& rows);
/// The one that breaches, or would first; nothing when there is none.
std::optional<LogValue> worst_of(const std::vector<LogValue>& values, Comparison comparison);
/// How results are judged: M of the newest N against the threshold. `invalid`.
Result<AlarmTerms> terms_of_log_alarm(const Document& definition);

}  // namespace tocsin::detect
