#include "telemetry/metrics/math/math_functions.h"
#include "telemetry/metrics/math/math_operators.h"

namespace tocsin::telemetry {
namespace {

double between(const SeriesValue& series, std::size_t next, Instant time) {
  const TimeValue &a = series.points[next - 1], &b = series.points[next];
  const double share = std::chrono::duration<double>(time - a.time) / std::chrono::duration<double>(b.time - a.time);
  return a.value + (b.value - a.value) * share;
}

/// What stands where `series` has no point; `next` is its first point after `time`.
std::optional<double> filler(const SeriesValue& series, const MathValue& with, std::size_t next, Instant time) {
  if (const double* number = std::get_if<double>(&with)) return *number;
  if (const auto* other = std::get_if<SeriesValue>(&with)) return at_time(*other, time);
  if (next == 0) return std::nullopt;
  if (std::get<std::string>(with) == "REPEAT") return series.points[next - 1].value;
  return next < series.points.size() ? std::optional(between(series, next, time)) : std::nullopt;
}

SeriesValue filled(const SeriesValue& series, const MathValue& with, const MathSpan& span) {
  SeriesValue result = series.emptied();
  const std::chrono::seconds period(series.period_s);
  std::size_t next = 0;
  for (Instant time = span.start; time < span.end; time += period) {
    while (next < series.points.size() && series.points[next].time < time) ++next;
    std::optional<double> value = at_time(series, time);
    if (!value) value = filler(series, with, next, time);
    if (value) add_point(result, time, *value);
  }
  return result;
}

Result<MathValue> fill(const MathArguments& arguments, const MathSpan& span) {
  if (arguments.size() != 2) return wrong_arguments();
  const auto* mode = std::get_if<std::string>(&arguments[1]);
  if (array_of(arguments, 1) || (mode && *mode != "REPEAT" && *mode != "LINEAR")) return wrong_arguments();
  return each_series(arguments, [&](const SeriesValue& series) { return filled(series, arguments[1], span); });
}

Result<MathValue> time_series(const MathArguments& arguments, const MathSpan& span) {
  const double* number = number_of(arguments, 0);
  if (!number || arguments.size() != 1) return wrong_arguments();
  return filled(SeriesValue{.label = {}, .period_s = span.period_s, .points = {}}, *number, span);
}

Result<MathValue> period(const MathArguments& arguments, const MathSpan&) {
  const SeriesValue* series = series_of(arguments, 0);
  if (!series || arguments.size() != 1) return wrong_arguments();
  return static_cast<double>(series->period_s);
}

}  // namespace

MathFunctions span_functions() { return {{"FILL", fill}, {"TIME_SERIES", time_series}, {"PERIOD", period}}; }

}  // namespace tocsin::telemetry
