// What a metric math expression works on: a number, a text, a series, or an array of series.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "telemetry/metrics/metric.h"
#include "telemetry/metrics/values.h"

namespace tocsin::telemetry {

/// The metric that a series was read from. What works on each point by itself passes it on; labels speak of it.
struct SeriesOrigin {
  MetricId metric;
  std::string statistic;
};

struct SeriesValue {
  std::string label;
  std::int64_t period_s = 60;
  std::vector<TimeValue> points;  ///< ascending by time
  std::shared_ptr<const SeriesOrigin> origin = nullptr;
  bool dropped = false;  ///< points were left out because they were no numbers (a division by zero)

  bool operator==(const SeriesValue&) const = default;
  /// The same series without its points.
  SeriesValue emptied() const { return {.label = label, .period_s = period_s, .points = {}, .origin = origin, .dropped = dropped}; }
};

using SeriesArray = std::vector<SeriesValue>;
/// A number may be NaN: what is computed of nothing. A point that would have such a value is left out.
using MathValue = std::variant<double, std::string, SeriesValue, SeriesArray>;

/// The span of time of the request; FILL, TIME_SERIES and the functions of the calendar need its periods.
struct MathSpan {
  Instant start;
  Instant end;
  std::int64_t period_s = 60;
};

}  // namespace tocsin::telemetry
