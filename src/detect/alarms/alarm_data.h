// Where an alarm's datapoints come from.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "detect/alarms/alarm.h"
#include "model/scope.h"
#include "telemetry/promql/promql_expression.h"

namespace tocsin::detect {

/// One time series of an alarm that watches several, or one element of a PromQL result.
struct SeriesPoints {
  std::map<std::string, std::string> attributes;  ///< what tells it from the others
  std::vector<Datapoint> range;                   ///< of a PromQL result empty: that it is there is what counts
};

struct ManySeries {
  std::vector<SeriesPoints> series;
  bool partial = false;  ///< there were more than could be looked at
};

class AlarmData {
 public:
  virtual ~AlarmData() = default;
  /// The evaluation range within `bounds` (window_bounds): one entry per period, oldest first. An error when the expression of a metric
  /// math alarm fails.
  virtual Result<std::vector<Datapoint>> datapoints(const Scope& scope, const AlarmTerms& terms, const std::vector<Instant>& bounds) = 0;
  /// The same for each series of a query that groups; at most 500.
  virtual Result<ManySeries> series(const Scope& scope, const AlarmTerms& terms, const std::vector<Instant>& bounds) = 0;
  /// What a PromQL query gives at a moment.
  virtual Result<ManySeries> promql(const Scope& scope, const AlarmTerms& terms, Instant at) = 0;
};

/// From the metrics.
class MetricAlarmData final : public AlarmData {
 public:
  explicit MetricAlarmData(telemetry::MetricStore& metrics, telemetry::MathSources sources = {}) : metrics_(metrics), sources_(sources) {}
  Result<std::vector<Datapoint>> datapoints(const Scope& scope, const AlarmTerms& terms, const std::vector<Instant>& bounds) override;
  Result<ManySeries> series(const Scope& scope, const AlarmTerms& terms, const std::vector<Instant>& bounds) override;
  Result<ManySeries> promql(const Scope& scope, const AlarmTerms& terms, Instant at) override;

 private:
  Result<void> add_math(const Scope& scope, const AlarmTerms& terms, std::span<const Instant> bounds, std::span<Datapoint> range);
  void add_metric(const Scope& scope, const AlarmTerms& terms, std::span<const Instant> bounds, std::span<Datapoint> range);

  telemetry::MetricStore& metrics_;
  telemetry::MathSources sources_;
  std::map<std::string, std::shared_ptr<const promql::Expr>> parsed_;  ///< PromQL queries
};

}  // namespace tocsin::detect
