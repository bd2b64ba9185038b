// What an alarm is, as the evaluator needs it, parsed from its stored definition: an object with the members of PutMetricAlarm, defaults
// filled in. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/document.h"
#include "base/schedule/wall_clock.h"
#include "model/alarm_state_changed.h"
#include "telemetry/metrics/math/metric_query.h"

namespace tocsin::detect {

enum class MissingData { missing, ignore, breaching, not_breaching };
enum class Comparison { greater_or_equal, greater, less, less_or_equal, outside_band, below_band, above_band };

/// The criteria of a PromQL alarm.
struct PromQlTerms {
  std::string query;
  std::int64_t pending_s = 0;
  std::int64_t recovery_s = 0;
};

struct AlarmTerms {
  /// One metric, or those of a metric math alarm with the expression that `result_id` names.
  std::vector<telemetry::MetricQuery> queries;
  std::string result_id;
  std::string statistic;  ///< as written: "Average", "p99"; empty for metric math
  std::int64_t period_s = 60;
  std::int64_t evaluation_periods = 1;
  std::int64_t datapoints_to_alarm = 1;
  bool counts_given = false;  ///< DatapointsToAlarm was given
  double threshold = 0;
  Comparison comparison = Comparison::greater;
  MissingData missing = MissingData::missing;
  /// With `EvaluateLowSampleCountPercentile=ignore`: periods with fewer samples are not evaluated.
  std::optional<double> samples_min;
  std::shared_ptr<const WallClock> wall_clock;  ///< periods of the clock on the wall; else they end at the minute of evaluation
  bool metric_math = false;
  bool many_series = false;  ///< a Metrics Insights query with GROUP BY: each series is a contributor
  std::string band_id;       ///< of an anomaly alarm: the expression that gives the band, in place of the threshold
  std::shared_ptr<const PromQlTerms> promql;
  std::int64_t interval_s = 0;  ///< between two evaluations of a PromQL alarm
};

std::optional<MissingData> parse_missing_data(std::string_view text);
std::optional<Comparison> parse_comparison(std::string_view text);
std::optional<AlarmState> parse_alarm_state(std::string_view text);

/// A query of GetMetricData or PutMetricAlarm (a MetricDataQuery document); `invalid` names what is wrong with it.
Result<telemetry::MetricQuery> parse_metric_query(const Document& query);
/// `invalid` when the definition is none.
Result<AlarmTerms> parse_terms(const Document& definition);

/// In which of the scheduler's rounds it is looked at: 10 for periods below a minute, 3,600 when the evaluated span is longer than a day,
/// else 60.
std::int64_t cadence_s(const AlarmTerms& terms);
/// Whether it is evaluated at that multiple of its cadence: PromQL alarms have an interval of their own.
bool is_due(const AlarmTerms& terms, Instant at);
/// How many periods are looked at: late points may still fill those before the newest. [open] in the documentation; N + 2. With a wall
/// clock exactly N.
std::int64_t evaluation_range(const AlarmTerms& terms);
/// Where the periods of an evaluation at `at` (a multiple of its cadence) begin, oldest first, and last where the newest ends.
std::vector<Instant> window_bounds(const AlarmTerms& terms, Instant at);

/// One period of the evaluation range.
struct Datapoint {
  Instant time;                 ///< its start
  std::optional<double> value;  ///< absent: missing
  std::optional<double> sample_count;
  std::optional<double> lower, upper;  ///< the band of an anomaly alarm; without one the point counts as missing
};

bool breaches(const AlarmTerms& terms, const Datapoint& point);

}  // namespace tocsin::detect
