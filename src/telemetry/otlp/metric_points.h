// OTLP metrics and span samples as datapoints.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "telemetry/metrics/metric.h"
#include "telemetry/otlp/exponential_delta.h"
#include "telemetry/traces/span_metrics.h"
#include "wire/otlp/otlp.h"

namespace tocsin::telemetry {

/// Samples of one series and second joined into one point each.
std::vector<MetricPoint> to_points(const std::vector<SpanSample>& samples);

/// CloudWatch's unit for UCUM's ("ms", "By", "%", "1"), or "None".
std::string cloudwatch_unit(std::string_view ucum);

/// Remembers the last cumulative value of each series. Not thread-safe.
class OtlpMetrics {
 public:
  std::vector<MetricPoint> points(const Scope& scope, const wire::otlp::ResourceMetrics& metrics);

 private:
  struct Mark {
    std::int64_t start_ns = 0;
    double value = 0;
    std::vector<double> counts;
    double sum = 0;
  };
  std::vector<WeightedValue> values(const std::string& key, const wire::otlp::Metric& metric, wire::otlp::MetricPoint point);
  bool make_delta(const std::string& key, const wire::otlp::Metric& metric, wire::otlp::MetricPoint& point);

  static constexpr std::size_t marks_max = 100'000;
  std::unordered_map<std::string, Mark> marks_;
  std::unordered_map<std::string, ExponentialMark> exponential_marks_;
};

}  // namespace tocsin::telemetry
