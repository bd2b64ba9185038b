#include "telemetry/metrics/math/math_reductions.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace tocsin::telemetry {
namespace {

double deviation(const std::vector<double>& values, double average) {
  double squares = 0;
  for (const double value : values) squares += (value - average) * (value - average);
  return std::sqrt(squares / static_cast<double>(values.size()));
}

/// `count`: of the values that an average is taken over, those that are missing included.
double reduce_numbers(Reduction reduction, const std::vector<double>& values, std::size_t count) {
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  if (reduction == Reduction::sum) return sum;
  if (values.empty()) return std::nan("");
  switch (reduction) {
    case Reduction::minimum:
      return *std::min_element(values.begin(), values.end());
    case Reduction::maximum:
      return *std::max_element(values.begin(), values.end());
    case Reduction::deviation:
      return deviation(values, sum / static_cast<double>(values.size()));
    default:
      return sum / static_cast<double>(count);
  }
}

SeriesValue reduce_array(Reduction reduction, const SeriesArray& array) {
  std::map<Instant, std::vector<double>> by_time;
  SeriesValue result;
  for (const SeriesValue& series : array) {
    result.period_s = std::max(&series == &array.front() ? 0 : result.period_s, series.period_s);
    for (const TimeValue& point : series.points) by_time[point.time].push_back(point.value);
  }
  for (const auto& [time, values] : by_time) result.points.push_back({time, reduce_numbers(reduction, values, array.size())});
  return result;
}

}  // namespace

double reduce_points(Reduction reduction, const SeriesValue& series) {
  std::vector<double> values;
  for (const TimeValue& point : series.points) values.push_back(point.value);
  return reduce_numbers(reduction, values, values.size());
}

Result<MathValue> reduce(Reduction reduction, const MathValue& value) {
  if (const auto* series = std::get_if<SeriesValue>(&value)) return reduce_points(reduction, *series);
  if (const auto* array = std::get_if<SeriesArray>(&value)) return reduce_array(reduction, *array);
  return fail(ErrorKind::invalid, "Unsupported operand type(s)");
}

}  // namespace tocsin::telemetry
