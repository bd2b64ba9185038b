// Where an alarm's datapoints come from.
#pragma once

#include <vector>

#include "detect/alarms/alarm.h"
#include "model/scope.h"

namespace tocsin::detect {

class AlarmData {
 public:
  virtual ~AlarmData() = default;
  /// The evaluation range whose newest period ends at `end`: one entry per period, oldest first. An error when the expression of a metric
  /// math alarm fails.
  virtual Result<std::vector<Datapoint>> datapoints(const Scope& scope, const AlarmTerms& terms, Instant end) = 0;
};

/// From the metrics.
class MetricAlarmData final : public AlarmData {
 public:
  /// `sources` answer what expressions ask of others (anomaly bands).
  explicit MetricAlarmData(telemetry::MetricStore& metrics, telemetry::MathSources sources = {}) : metrics_(metrics), sources_(sources) {}
  Result<std::vector<Datapoint>> datapoints(const Scope& scope, const AlarmTerms& terms, Instant end) override;

 private:
  telemetry::MetricStore& metrics_;
  telemetry::MathSources sources_;
};

}  // namespace tocsin::detect
