#include <cmath>

#include "telemetry/metrics/math/math_functions.h"
#include "telemetry/metrics/math/math_operators.h"

namespace tocsin::telemetry {
namespace {

/// Of each point by itself.
MathFunction each_point(double (*function)(double)) {
  return [function](const MathArguments& arguments, const MathSpan&) -> Result<MathValue> {
    if (arguments.size() != 1) return wrong_arguments();
    return each_series(arguments, [&](const SeriesValue& series) {
      SeriesValue result = series.emptied();
      for (const TimeValue& point : series.points) add_point(result, point.time, function(point.value));
      return result;
    });
  };
}

/// Of each point and the one before it: the first has none.
MathFunction each_step(double (*step)(const TimeValue& before, const TimeValue& point)) {
  return [step](const MathArguments& arguments, const MathSpan&) -> Result<MathValue> {
    if (arguments.size() != 1) return wrong_arguments();
    return each_series(arguments, [&](const SeriesValue& series) {
      SeriesValue result = series.emptied();
      for (std::size_t i = 1; i < series.points.size(); ++i)
        add_point(result, series.points[i].time, step(series.points[i - 1], series.points[i]));
      return result;
    });
  };
}

double seconds_between(const TimeValue& a, const TimeValue& b) { return std::chrono::duration<double>(b.time - a.time).count(); }
double difference(const TimeValue& a, const TimeValue& b) { return b.value - a.value; }
double rate(const TimeValue& a, const TimeValue& b) { return (b.value - a.value) / seconds_between(a, b); }

Result<MathValue> running_sum(const MathArguments& arguments, const MathSpan&) {
  if (arguments.size() != 1) return wrong_arguments();
  return each_series(arguments, [](SeriesValue series) {
    double sum = 0;
    for (TimeValue& point : series.points) point.value = sum += point.value;
    return series;
  });
}

}  // namespace

MathFunctions point_functions() {
  return {{"ABS", each_point(std::fabs)},  {"CEIL", each_point(std::ceil)},   {"FLOOR", each_point(std::floor)},
          {"LOG", each_point(std::log)},   {"LOG10", each_point(std::log10)}, {"RATE", each_step(rate)},
          {"DIFF", each_step(difference)}, {"RUNNING_SUM", running_sum},      {"DIFF_TIME", each_step(seconds_between)}};
}

}  // namespace tocsin::telemetry
