// The contract of the store of metrics: what is put is durable (written to the ingest log) when `put` returns, and read at once.
// Threads: everything on one executor, the one on which alarms and the API run.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "telemetry/metrics/aggregate.h"
#include "telemetry/metrics/metric.h"
#include "telemetry/metrics/values.h"

namespace tocsin::telemetry {

struct Statistic;

struct ReadRequest {
  Scope scope;
  MetricId metric;
  std::optional<std::string> unit;  ///< all units together when absent
  Instant start;                    ///< inclusive; periods are counted from here
  Instant end;                      ///< exclusive
  std::int64_t period_s = 60;       ///< 1, 5, 10, 20, 30: high-resolution points alone; else a multiple of 60
};

struct DimensionFilter {
  std::string name;
  std::optional<std::string> value;
};

struct ListRequest {
  Scope scope;
  std::optional<std::string> metric_namespace;
  std::optional<std::string> name;
  std::vector<DimensionFilter> dimensions;
  Instant seen_after{};
  std::string after_key;  ///< of the page before
  std::size_t count_max = 500;
};

struct MetricPage {
  std::vector<MetricId> metrics;
  std::string next_key;  ///< empty at the end
};

class MetricStore {
 public:
  virtual ~MetricStore() = default;

  /// All points or none. `unavailable` when the disk refuses or too much waits to be written. Times are the caller's to check
  /// (retention.h).
  virtual Result<void> put(const Scope& scope, const std::vector<MetricPoint>& points) = 0;
  /// The same for single values whose keys are made already: the way of senders of many points.
  virtual Result<void> put_values(const Scope& scope, std::span<const KeyedValue> values);
  /// Ascending by time; periods without samples are absent. What is older than the period is kept for is not there (retention.h).
  virtual std::vector<PeriodAggregate> read(const ReadRequest& request) = 0;
  /// One statistic of the periods that have it: what compute() makes of read(), without what it does not need.
  virtual std::vector<TimeValue> read_values(const ReadRequest& request, const Statistic& statistic);
  /// The units in which a metric has come.
  virtual std::vector<std::string> units(const Scope& scope, const MetricId& metric) = 0;
  /// In the order of namespace, name, dimensions.
  virtual MetricPage list(const ListRequest& request) = 0;
};

}  // namespace tocsin::telemetry
