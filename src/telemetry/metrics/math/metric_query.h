// The queries of GetMetricData and of metric math alarms: metrics by statistic and period, and expressions over them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "telemetry/metrics/math/math_value.h"
#include "telemetry/metrics/metric_store.h"
#include "telemetry/metrics/statistic.h"

namespace tocsin::telemetry {

struct MetricStat {
  MetricId metric;
  std::int64_t period_s = 60;
  Statistic statistic;
  std::optional<std::string> unit;
};

struct MetricQuery {
  std::string id;
  std::optional<MetricStat> stat;  ///< else `expression`
  std::string expression;
  std::string label;
  bool return_data = true;
  std::optional<std::int64_t> period_s;  ///< of an expression
};

struct QueryResult {
  std::string id;
  std::string label;
  std::vector<TimeValue> points;  ///< ascending by time
};

class BandSource;

/// What expressions ask of others; where there is nobody, the function is refused. All must outlive the use.
struct MathSources {
  BandSource* bands = nullptr;  ///< ANOMALY_DETECTION_BAND (band_source.h)
};

/// Results of the queries that return data, in their order; an expression that gives an array gives one result per series. `invalid` or
/// `unsupported` with the words "Error in expression 'e1': …".
Result<std::vector<QueryResult>> run_queries(MetricStore& store, const Scope& scope, const std::vector<MetricQuery>& queries, Instant start,
                                             Instant end, const MathSources& sources = {});

/// What can be said without data: syntax, unknown ids and functions, circles.
Result<void> check_queries(const std::vector<MetricQuery>& queries);

/// The values of one metric by its statistic.
std::vector<TimeValue> read_statistic(MetricStore& store, const Scope& scope, const MetricStat& stat, Instant start, Instant end);

}  // namespace tocsin::telemetry
