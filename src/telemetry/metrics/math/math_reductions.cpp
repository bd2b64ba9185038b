#include "telemetry/metrics/math/math_reductions.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace tocsin::telemetry {
namespace {

double reduce_numbers(Reduction reduction, const std::vector<double>& values) {
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  const double average = sum / static_cast<double>(values.size());
  switch (reduction) {
    case Reduction::sum:
      return sum;
    case Reduction::average:
      return average;
    case Reduction::minimum:
      return *std::min_element(values.begin(), values.end());
    case Reduction::maximum:
      return *std::max_element(values.begin(), values.end());
    case Reduction::first:
      return values.front();
    case Reduction::last:
      return values.back();
    case Reduction::deviation:
      break;
  }
  double squares = 0;
  for (const double value : values) squares += (value - average) * (value - average);
  return std::sqrt(squares / static_cast<double>(values.size()));
}

Result<MathValue> reduce_series(Reduction reduction, const SeriesValue& series) {
  std::vector<double> values;
  for (const TimeValue& point : series.points) values.push_back(point.value);
  // of nothing comes a series of nothing, so that what depends on it is missing too
  if (values.empty()) return SeriesValue{.label = series.label, .period_s = series.period_s, .points = {}};
  return reduce_numbers(reduction, values);
}

Result<MathValue> reduce_array(Reduction reduction, const SeriesArray& array) {
  if (reduction == Reduction::first || reduction == Reduction::last) {
    if (array.empty()) return SeriesValue{};
    return reduction == Reduction::first ? array.front() : array.back();
  }
  std::map<Instant, std::vector<double>> by_time;
  SeriesValue result;
  for (const SeriesValue& series : array) {
    result.period_s = std::max(&series == &array.front() ? 0 : result.period_s, series.period_s);
    for (const TimeValue& point : series.points) by_time[point.time].push_back(point.value);
  }
  for (const auto& [time, values] : by_time) result.points.push_back({time, reduce_numbers(reduction, values)});
  return result;
}

}  // namespace

Result<MathValue> reduce(Reduction reduction, const MathValue& value) {
  if (const auto* series = std::get_if<SeriesValue>(&value)) return reduce_series(reduction, *series);
  if (const auto* array = std::get_if<SeriesArray>(&value)) return reduce_array(reduction, *array);
  if (const double* number = std::get_if<double>(&value)) return *number;
  return fail(ErrorKind::invalid, "Unsupported operand type(s)");
}

}  // namespace tocsin::telemetry
