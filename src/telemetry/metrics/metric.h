// What a metric and a datapoint are. A metric is namespace + name + the exact set of dimensions; each unit of it is a series of its own.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html
#pragma once

#include <compare>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "model/scope.h"
#include "model/self_metrics.h"

namespace tocsin::telemetry {

struct MetricId {
  std::string metric_namespace;
  std::string name;
  Dimensions dimensions;

  auto operator<=>(const MetricId&) const = default;
};

/// A value that was seen `count` times (which may be a fraction).
struct WeightedValue {
  double value = 0;
  double count = 1;
  bool operator==(const WeightedValue&) const = default;
};

/// A client's own aggregate: its single values are not known, unless they are all equal.
struct StatisticSet {
  double sample_count = 0;
  double sum = 0;
  double minimum = 0;
  double maximum = 0;
  bool operator==(const StatisticSet&) const = default;
};

using Sample = std::variant<double, std::vector<WeightedValue>, StatisticSet>;

struct MetricPoint {
  MetricId metric;
  std::string unit = "None";
  Instant time{};
  bool high_resolution = false;  ///< kept by the second for three hours, beside by the minute
  Sample sample;
};

}  // namespace tocsin::telemetry
