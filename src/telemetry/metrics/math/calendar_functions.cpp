#include "telemetry/metrics/math/math_functions.h"

namespace tocsin::telemetry {
namespace {

using std::chrono::days;
using Seconds = std::chrono::sys_seconds;

std::chrono::year_month_day date_of(Seconds time) { return std::chrono::year_month_day(std::chrono::floor<days>(time)); }
double since(Seconds time, std::int64_t unit_s, std::int64_t count) {
  return static_cast<double>((time - std::chrono::floor<days>(time)).count() / unit_s % count);
}

double minute(Seconds time) { return since(time, 60, 60); }
double hour(Seconds time) { return since(time, 3600, 24); }
double weekday(Seconds time) { return std::chrono::weekday(std::chrono::floor<days>(time)).iso_encoding(); }
double date(Seconds time) { return static_cast<unsigned>(date_of(time).day()); }
double month(Seconds time) { return static_cast<unsigned>(date_of(time).month()); }
double year(Seconds time) { return static_cast<int>(date_of(time).year()); }
double epoch(Seconds time) { return static_cast<double>(time.time_since_epoch().count()); }

/// Of the time of every period in the span, whether the series has a point there or not.
MathFunction of_time(double (*part)(Seconds)) {
  return [part](const MathArguments& arguments, const MathSpan& span) -> Result<MathValue> {
    const SeriesValue* series = series_of(arguments, 0);
    if (!series || arguments.size() != 1) return wrong_arguments();
    SeriesValue result = series->emptied();
    for (Instant time = span.start; time < span.end; time += std::chrono::seconds(series->period_s))
      result.points.push_back({time, part(Seconds(std::chrono::seconds(to_seconds(time))))});
    return result;
  };
}

}  // namespace

MathFunctions calendar_functions() {
  return {{"MINUTE", of_time(minute)}, {"HOUR", of_time(hour)}, {"DAY", of_time(weekday)}, {"DATE", of_time(date)},
          {"MONTH", of_time(month)},   {"YEAR", of_time(year)}, {"EPOCH", of_time(epoch)}};
}

}  // namespace tocsin::telemetry
