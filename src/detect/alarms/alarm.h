// What an alarm is, as the evaluator needs it, parsed from its stored definition: an object with the members of PutMetricAlarm, defaults
// filled in. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/document.h"
#include "model/alarm_state_changed.h"
#include "telemetry/metrics/math/metric_query.h"

namespace tocsin::detect {

enum class MissingData { missing, ignore, breaching, not_breaching };
enum class Comparison { greater_or_equal, greater, less, less_or_equal };

struct AlarmTerms {
  /// One metric, or those of a metric math alarm with the expression that `result_id` names.
  std::vector<telemetry::MetricQuery> queries;
  std::string result_id;
  std::string statistic;  ///< as written: "Average", "p99"; empty for metric math
  std::int64_t period_s = 60;
  std::int64_t evaluation_periods = 1;
  std::int64_t datapoints_to_alarm = 1;
  double threshold = 0;
  Comparison comparison = Comparison::greater;
  MissingData missing = MissingData::missing;
  /// With `EvaluateLowSampleCountPercentile=ignore`: periods with fewer samples are not evaluated.
  std::optional<double> samples_min;
  bool wall_clock = false;  ///< periods of the UTC clock; else they end at the minute of evaluation
  bool metric_math = false;
};

std::optional<MissingData> parse_missing_data(std::string_view text);
std::optional<Comparison> parse_comparison(std::string_view text);
std::optional<AlarmState> parse_alarm_state(std::string_view text);

/// A query of GetMetricData or PutMetricAlarm (a MetricDataQuery document); `invalid` names what is wrong with it.
Result<telemetry::MetricQuery> parse_metric_query(const Document& query);
/// `invalid` when the definition is none.
Result<AlarmTerms> parse_terms(const Document& definition);

/// Seconds between two evaluations: 10 for periods below a minute, 3,600 when the evaluated span is longer than a day, else 60.
std::int64_t cadence_s(const AlarmTerms& terms);
/// How many periods are looked at: late points may still fill those before the newest. [open] in the documentation; N + 2.
std::int64_t evaluation_range(const AlarmTerms& terms);
/// The end of the newest period that an evaluation at `at` (a multiple of its cadence) looks at.
Instant window_end(const AlarmTerms& terms, Instant at);

bool breaches(const AlarmTerms& terms, double value);

/// One period of the evaluation range.
struct Datapoint {
  Instant time;                 ///< its start
  std::optional<double> value;  ///< absent: missing
  std::optional<double> sample_count;
};

}  // namespace tocsin::detect
