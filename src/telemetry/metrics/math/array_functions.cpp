#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "telemetry/metrics/math/math_functions.h"
#include "telemetry/metrics/math/math_reductions.h"

namespace tocsin::telemetry {
namespace {

std::optional<Reduction> sort_function(const MathValue& word) {
  const auto* name = std::get_if<std::string>(&word);
  if (!name) return std::nullopt;
  if (*name == "AVG") return Reduction::average;
  if (*name == "MIN") return Reduction::minimum;
  if (*name == "MAX") return Reduction::maximum;
  if (*name == "SUM") return Reduction::sum;
  return std::nullopt;
}

/// A place in an array: whole, from 0 to its size.
std::size_t place_in(const SeriesArray& array, double number) {
  if (!(number > 0)) return 0;
  return static_cast<std::size_t>(std::min(std::floor(number), static_cast<double>(array.size())));
}

void order_by(SeriesArray& array, Reduction by, bool descending) {
  std::vector<std::pair<double, std::size_t>> keys;
  for (std::size_t i = 0; i < array.size(); ++i) keys.emplace_back(reduce_points(by, array[i]), i);
  // a series of nothing has no value and stands last, whichever the order
  std::stable_sort(keys.begin(), keys.end(), [&](const auto& a, const auto& b) {
    const bool a_empty = array[a.second].points.empty(), b_empty = array[b.second].points.empty();
    if (a_empty || b_empty) return b_empty && !a_empty;
    return descending ? a.first > b.first : a.first < b.first;
  });
  SeriesArray ordered;
  for (const auto& [key, place] : keys) ordered.push_back(std::move(array[place]));
  array = std::move(ordered);
}

/// SORT(array, AVG|MIN|MAX|SUM, ASC|DESC[, limit])
Result<MathValue> sort(const MathArguments& arguments, const MathSpan&) {
  const SeriesArray* array = array_of(arguments, 0);
  if (!array || arguments.size() < 3 || arguments.size() > 4) return wrong_arguments();
  const auto by = sort_function(arguments[1]);
  const auto* order = std::get_if<std::string>(&arguments[2]);
  if (!by || !order || (*order != "ASC" && *order != "DESC")) return wrong_arguments();
  SeriesArray sorted = *array;
  order_by(sorted, *by, *order == "DESC");
  if (arguments.size() == 4) {
    const double* limit = number_of(arguments, 3);
    if (!limit) return wrong_arguments();
    sorted.resize(place_in(sorted, *limit));
  }
  return sorted;
}

/// SLICE(array, from[, end]): the end excluded.
Result<MathValue> slice(const MathArguments& arguments, const MathSpan&) {
  const SeriesArray* array = array_of(arguments, 0);
  const double* from = number_of(arguments, 1);
  const double* end = number_of(arguments, 2);
  if (!array || !from || arguments.size() > 3 || (arguments.size() == 3 && !end)) return wrong_arguments();
  const std::size_t first = place_in(*array, *from), last = end ? place_in(*array, *end) : array->size();
  if (first >= last) return SeriesArray{};
  return SeriesArray(array->begin() + static_cast<std::ptrdiff_t>(first), array->begin() + static_cast<std::ptrdiff_t>(last));
}

Result<MathValue> first(const MathArguments& arguments, const MathSpan&) {
  const SeriesArray* array = array_of(arguments, 0);
  if (!array || arguments.size() != 1) return wrong_arguments();
  return array->empty() ? SeriesValue{} : array->front();
}

Result<MathValue> last(const MathArguments& arguments, const MathSpan&) {
  const SeriesArray* array = array_of(arguments, 0);
  if (!array || arguments.size() != 1) return wrong_arguments();
  return array->empty() ? SeriesValue{} : array->back();
}

Result<MathValue> metric_count(const MathArguments& arguments, const MathSpan&) {
  const SeriesArray* array = array_of(arguments, 0);
  if (!array || arguments.size() != 1) return wrong_arguments();
  return static_cast<double>(array->size());
}

Result<MathValue> remove_empty(const MathArguments& arguments, const MathSpan&) {
  const SeriesArray* array = array_of(arguments, 0);
  if (!array || arguments.size() != 1) return wrong_arguments();
  SeriesArray result = *array;
  std::erase_if(result, [](const SeriesValue& series) { return series.points.empty(); });
  return result;
}

/// Of a series how many points it has, of an array how many series have the point.
Result<MathValue> datapoint_count(const MathArguments& arguments, const MathSpan&) {
  if (arguments.size() != 1) return wrong_arguments();
  if (const SeriesValue* series = series_of(arguments, 0)) return static_cast<double>(series->points.size());
  const SeriesArray* array = array_of(arguments, 0);
  if (!array) return wrong_arguments();
  std::map<Instant, double> counts;
  SeriesValue result;
  if (!array->empty()) result.period_s = array->front().period_s;
  for (const SeriesValue& series : *array)
    for (const TimeValue& point : series.points) ++counts[point.time];
  for (const auto& [time, count] : counts) result.points.push_back({time, count});
  return result;
}

}  // namespace

MathFunctions array_functions() {
  return {{"SORT", sort},
          {"SLICE", slice},
          {"FIRST", first},
          {"LAST", last},
          {"METRIC_COUNT", metric_count},
          {"REMOVE_EMPTY", remove_empty},
          {"DATAPOINT_COUNT", datapoint_count}};
}

}  // namespace tocsin::telemetry
