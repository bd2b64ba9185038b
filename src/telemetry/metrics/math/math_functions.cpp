#include "telemetry/metrics/math/math_functions.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "telemetry/metrics/math/math_operators.h"
#include "telemetry/metrics/math/math_reductions.h"

namespace tocsin::telemetry {
namespace {

using Arguments = std::vector<MathValue>;
using Function = Result<MathValue> (*)(const Arguments&, const MathSpan&);

auto wrong_arguments() { return fail(ErrorKind::invalid, "Unsupported operand type(s)"); }

const SeriesValue* series_of(const Arguments& arguments, std::size_t place) {
  return place < arguments.size() ? std::get_if<SeriesValue>(&arguments[place]) : nullptr;
}
const double* number_of(const Arguments& arguments, std::size_t place) {
  return place < arguments.size() ? std::get_if<double>(&arguments[place]) : nullptr;
}

/// Applies `function` to the one series, or to each of an array.
template <typename Each>
Result<MathValue> each_series(const Arguments& arguments, Each function) {
  if (arguments.empty()) return wrong_arguments();
  if (const SeriesValue* series = series_of(arguments, 0)) return function(*series);
  const auto* array = std::get_if<SeriesArray>(&arguments[0]);
  if (!array) return wrong_arguments();
  SeriesArray results;
  for (const SeriesValue& series : *array) results.push_back(function(series));
  return results;
}

/// Of each point by itself; points without a finite result are dropped.
template <double (*function)(double)>
Result<MathValue> each_point(const Arguments& arguments, const MathSpan&) {
  if (arguments.size() != 1) return wrong_arguments();
  if (const double* number = number_of(arguments, 0)) return function(*number);
  return each_series(arguments, [](SeriesValue series) {
    for (TimeValue& point : series.points) point.value = function(point.value);
    std::erase_if(series.points, [](const TimeValue& point) { return !std::isfinite(point.value); });
    return series;
  });
}

/// Of each point and the one before it.
template <typename Step>
Result<MathValue> each_step(const Arguments& arguments, Step step) {
  if (arguments.size() != 1) return wrong_arguments();
  return each_series(arguments, [&](const SeriesValue& series) {
    SeriesValue result{.label = series.label, .period_s = series.period_s, .points = {}};
    for (std::size_t i = 1; i < series.points.size(); ++i)
      result.points.push_back({series.points[i].time, step(series.points[i - 1], series.points[i])});
    return result;
  });
}

double seconds_between(const TimeValue& a, const TimeValue& b) { return std::chrono::duration<double>(b.time - a.time).count(); }

Result<MathValue> rate(const Arguments& arguments, const MathSpan&) {
  return each_step(arguments, [](const TimeValue& a, const TimeValue& b) { return (b.value - a.value) / seconds_between(a, b); });
}
Result<MathValue> diff(const Arguments& arguments, const MathSpan&) {
  return each_step(arguments, [](const TimeValue& a, const TimeValue& b) { return b.value - a.value; });
}
Result<MathValue> diff_time(const Arguments& arguments, const MathSpan&) {
  return each_step(arguments, [](const TimeValue& a, const TimeValue& b) { return seconds_between(a, b); });
}

Result<MathValue> running_sum(const Arguments& arguments, const MathSpan&) {
  if (arguments.size() != 1) return wrong_arguments();
  return each_series(arguments, [](SeriesValue series) {
    double sum = 0;
    for (TimeValue& point : series.points) point.value = sum += point.value;
    return series;
  });
}

double between(const SeriesValue& series, std::size_t next, Instant time) {
  const TimeValue &a = series.points[next - 1], &b = series.points[next];
  const double share = std::chrono::duration<double>(time - a.time) / std::chrono::duration<double>(b.time - a.time);
  return a.value + (b.value - a.value) * share;
}

SeriesValue filled(const SeriesValue& series, const MathValue& with, const MathSpan& span) {
  SeriesValue result{.label = series.label, .period_s = series.period_s, .points = {}};
  const double* number = std::get_if<double>(&with);
  const auto* other = std::get_if<SeriesValue>(&with);
  const auto* mode = std::get_if<std::string>(&with);
  const std::chrono::seconds period(series.period_s);
  std::size_t next = 0;
  for (Instant time = span.start; time < span.end; time += period) {
    while (next < series.points.size() && series.points[next].time < time) ++next;
    std::optional<double> value = at_time(series, time);
    if (!value && number) value = *number;
    if (!value && other) value = at_time(*other, time);
    if (!value && mode && *mode == "REPEAT" && next > 0) value = series.points[next - 1].value;
    if (!value && mode && *mode == "LINEAR" && next > 0 && next < series.points.size()) value = between(series, next, time);
    if (value) result.points.push_back({time, *value});
  }
  return result;
}

Result<MathValue> fill(const Arguments& arguments, const MathSpan& span) {
  if (arguments.size() != 2) return wrong_arguments();
  const auto* mode = std::get_if<std::string>(&arguments[1]);
  if (std::holds_alternative<SeriesArray>(arguments[1]) || (mode && *mode != "REPEAT" && *mode != "LINEAR")) return wrong_arguments();
  return each_series(arguments, [&](const SeriesValue& series) { return filled(series, arguments[1], span); });
}

Result<MathValue> if_function(const Arguments& arguments, const MathSpan&) {
  if (arguments.size() < 2 || arguments.size() > 3) return wrong_arguments();
  return choose(arguments[0], arguments[1], arguments.size() == 3 ? arguments[2] : MathValue(SeriesValue{}));
}

Result<MathValue> period(const Arguments& arguments, const MathSpan&) {
  const SeriesValue* series = series_of(arguments, 0);
  if (!series || arguments.size() != 1) return wrong_arguments();
  return static_cast<double>(series->period_s);
}

Result<MathValue> time_series(const Arguments& arguments, const MathSpan& span) {
  const double* number = number_of(arguments, 0);
  if (!number || arguments.size() != 1) return wrong_arguments();
  return filled(SeriesValue{.label = {}, .period_s = span.period_s, .points = {}}, *number, span);
}

Result<MathValue> datapoint_count(const Arguments& arguments, const MathSpan&) {
  const SeriesValue* series = series_of(arguments, 0);
  if (!series || arguments.size() != 1) return wrong_arguments();
  return static_cast<double>(series->points.size());
}

Result<MathValue> metric_count(const Arguments& arguments, const MathSpan&) {
  const auto* array = arguments.size() == 1 ? std::get_if<SeriesArray>(&arguments[0]) : nullptr;
  if (!array) return wrong_arguments();
  return static_cast<double>(array->size());
}

Result<MathValue> remove_empty(const Arguments& arguments, const MathSpan&) {
  const auto* array = arguments.size() == 1 ? std::get_if<SeriesArray>(&arguments[0]) : nullptr;
  if (!array) return wrong_arguments();
  SeriesArray result = *array;
  std::erase_if(result, [](const SeriesValue& series) { return series.points.empty(); });
  return result;
}

template <Reduction reduction>
Result<MathValue> reduced(const Arguments& arguments, const MathSpan&) {
  if (arguments.size() != 1) return wrong_arguments();
  return reduce(reduction, arguments[0]);
}

const std::map<std::string_view, Function>& functions() {
  static const std::map<std::string_view, Function> table = {
      {"ABS", each_point<std::fabs>},
      {"CEIL", each_point<std::ceil>},
      {"FLOOR", each_point<std::floor>},
      {"LOG", each_point<std::log>},
      {"LOG10", each_point<std::log10>},
      {"RATE", rate},
      {"DIFF", diff},
      {"DIFF_TIME", diff_time},
      {"RUNNING_SUM", running_sum},
      {"FILL", fill},
      {"IF", if_function},
      {"PERIOD", period},
      {"TIME_SERIES", time_series},
      {"DATAPOINT_COUNT", datapoint_count},
      {"METRIC_COUNT", metric_count},
      {"REMOVE_EMPTY", remove_empty},
      {"SUM", reduced<Reduction::sum>},
      {"AVG", reduced<Reduction::average>},
      {"MIN", reduced<Reduction::minimum>},
      {"MAX", reduced<Reduction::maximum>},
      {"STDDEV", reduced<Reduction::deviation>},
      {"FIRST", reduced<Reduction::first>},
      {"LAST", reduced<Reduction::last>},
  };
  return table;
}

}  // namespace

bool is_math_function(std::string_view name) { return functions().contains(name); }

Result<MathValue> apply_function(std::string_view name, const std::vector<MathValue>& arguments, const MathSpan& span) {
  const auto found = functions().find(name);
  if (found == functions().end()) return fail(ErrorKind::unsupported, "Unsupported function '" + std::string(name) + "'");
  auto result = found->second(arguments, span);
  if (!result && result.error().message == "Unsupported operand type(s)")
    return fail(ErrorKind::invalid, "Unsupported operand type(s) for " + std::string(name));
  return result;
}

}  // namespace tocsin::telemetry
