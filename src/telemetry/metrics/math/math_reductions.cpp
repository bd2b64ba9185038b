#include "telemetry/metrics/math/math_reductions.h"

#include <algorithm>
#include <cmath>
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

/// Most series have their points at the same times: then those of a time stand in the same place.
bool same_times(const SeriesArray& array) {
  const std::vector<TimeValue>& first = array.front().points;
  return std::all_of(array.begin() + 1, array.end(), [&](const SeriesValue& series) {
    return std::equal(first.begin(), first.end(), series.points.begin(), series.points.end(),
                      [](const TimeValue& a, const TimeValue& b) { return a.time == b.time; });
  });
}

/// All points by time, those of one time in the order of the series.
std::vector<TimeValue> merged(const SeriesArray& array) {
  std::vector<TimeValue> all;
  for (const SeriesValue& series : array) all.insert(all.end(), series.points.begin(), series.points.end());
  std::stable_sort(all.begin(), all.end(), [](const TimeValue& a, const TimeValue& b) { return a.time < b.time; });
  return all;
}

SeriesValue reduce_array(Reduction reduction, const SeriesArray& array) {
  SeriesValue result;
  if (array.empty()) return result;
  result.period_s = std::max_element(array.begin(), array.end(), [](const SeriesValue& a, const SeriesValue& b) {
                      return a.period_s < b.period_s;
                    })->period_s;
  std::vector<double> values;
  if (same_times(array)) {
    values.resize(array.size());
    for (std::size_t i = 0; i < array.front().points.size(); ++i) {
      for (std::size_t j = 0; j < array.size(); ++j) values[j] = array[j].points[i].value;
      result.points.push_back({array.front().points[i].time, reduce_numbers(reduction, values, array.size())});
    }
    return result;
  }
  const std::vector<TimeValue> all = merged(array);
  for (std::size_t i = 0; i < all.size();) {
    const Instant time = all[i].time;
    values.clear();
    for (; i < all.size() && all[i].time == time; ++i) values.push_back(all[i].value);
    result.points.push_back({time, reduce_numbers(reduction, values, array.size())});
  }
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
