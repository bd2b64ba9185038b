// What a metric math expression works on: a number, a text, a series, or an array of series.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"

namespace tocsin::telemetry {

struct TimeValue {
  Instant time;
  double value;
  bool operator==(const TimeValue&) const = default;
};

struct SeriesValue {
  std::string label;
  std::int64_t period_s = 60;
  std::vector<TimeValue> points;  ///< ascending by time
  bool operator==(const SeriesValue&) const = default;
};

using SeriesArray = std::vector<SeriesValue>;
using MathValue = std::variant<double, std::string, SeriesValue, SeriesArray>;

/// The span of time of the request; FILL and TIME_SERIES need its periods.
struct MathSpan {
  Instant start;
  Instant end;
  std::int64_t period_s = 60;
};

}  // namespace tocsin::telemetry
