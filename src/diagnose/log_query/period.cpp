#include <algorithm>
#include <chrono>

#include "diagnose/log_query/evaluate.h"

namespace tocsin::diagnose {
namespace {
namespace chrono = std::chrono;

std::int64_t floor_to(std::int64_t value, std::int64_t step) {
  const std::int64_t rest = value % step;
  return value - rest - (rest < 0 ? step : 0);
}

/// 0 for units of the calendar.
std::int64_t length_ms(const Period& period) {
  switch (period.unit) {
    case Unit::ms:
      return std::min<std::int64_t>(period.count, 1000);
    case Unit::s:
      return std::min<std::int64_t>(period.count, 60) * 1000;
    case Unit::m:
      return std::min<std::int64_t>(period.count, 60) * 60'000;
    case Unit::h:
      return std::min<std::int64_t>(period.count, 24) * 3'600'000;
    case Unit::d:
      return std::min<std::int64_t>(period.count, 36'500) * 86'400'000;
    case Unit::w:
      return std::min<std::int64_t>(period.count, 5'200) * 7 * 86'400'000;
    default:
      return 0;
  }
}

std::int64_t months(const Period& period) {
  const std::int64_t count = std::min<std::int64_t>(period.count, 1200);
  return period.unit == Unit::mo ? count : period.unit == Unit::q ? count * 3 : count * 12;
}

/// Months since the year 0 at the moment, and back.
std::int64_t month_of(std::int64_t time_ms) {
  const chrono::year_month_day date{chrono::floor<chrono::days>(chrono::sys_time<chrono::milliseconds>{chrono::milliseconds{time_ms}})};
  return int{date.year()} * 12 + static_cast<std::int64_t>(unsigned{date.month()}) - 1;
}

std::int64_t to_time_ms(std::int64_t month) {
  const chrono::year_month_day date{chrono::year{static_cast<int>(floor_to(month, 12) / 12)},
                                    chrono::month{static_cast<unsigned>(month - floor_to(month, 12)) + 1}, chrono::day{1}};
  return chrono::duration_cast<chrono::milliseconds>(chrono::sys_days{date}.time_since_epoch()).count();
}

}  // namespace

std::int64_t floor_to_period(std::int64_t time_ms, const Period& period) {
  // weeks begin on Monday; 1970 began on a Thursday
  constexpr std::int64_t monday_ms = 4 * 86'400'000LL;
  const std::int64_t length = length_ms(period);
  if (length > 0 && period.unit == Unit::w) return floor_to(time_ms - monday_ms, length) + monday_ms;
  return length > 0 ? floor_to(time_ms, length) : to_time_ms(floor_to(month_of(time_ms), months(period)));
}

std::int64_t next_period(std::int64_t floor_ms, const Period& period) {
  const std::int64_t length = length_ms(period);
  return length > 0 ? floor_ms + length : to_time_ms(month_of(floor_ms) + months(period));
}

}  // namespace tocsin::diagnose
