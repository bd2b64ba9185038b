#include "telemetry/charts/axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace tocsin::telemetry {
namespace {

double round_step(double span, int count) {
  const double rough = span / std::max(count, 1);
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (rough <= factor * power) return factor * power;
  return 10 * power;
}

constexpr std::array<std::int64_t, 19> time_steps_s{1,    5,    10,   15,    30,    60,    120,    300,     600,      900,
                                                    1800, 3600, 7200, 10800, 21600, 43200, 86'400, 604'800, 2'592'000};

}  // namespace

std::string short_number(double value) {
  constexpr std::array<std::pair<double, const char*>, 4> units{{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}}};
  for (const auto& [size, unit] : units)
    if (std::fabs(value) >= size && std::fabs(value) < size * 1e3) return fmt::format("{:.4g}{}", value / size, unit);
  return fmt::format("{:.4g}", value);
}

std::vector<Mark> value_marks(double least, double greatest, int count) {
  std::vector<Mark> marks;
  if (!(greatest > least) || !std::isfinite(greatest - least)) return marks;
  const double step = round_step(greatest - least, count);
  for (double index = std::ceil(least / step - 1e-9) + 0.0; marks.size() < 50 && index * step <= greatest + step * 1e-9; ++index)
    marks.push_back({index * step, short_number(index * step)});
  return marks;
}

std::vector<TimeMark> time_marks(Instant start, Instant end, int count, std::chrono::minutes utc_offset) {
  std::vector<TimeMark> marks;
  const std::int64_t offset_s = std::chrono::seconds(utc_offset).count();
  const std::int64_t from_s = to_seconds(start) + offset_s, to_s = to_seconds(end) + offset_s;
  std::int64_t step_s = time_steps_s.back();
  for (const std::int64_t each : time_steps_s)
    if ((to_s - from_s) / each <= count) {
      step_s = each;
      break;
    }
  for (std::int64_t at_s = (from_s + step_s - 1) / step_s * step_s; at_s <= to_s && marks.size() < 100; at_s += step_s) {
    const std::chrono::sys_seconds local{std::chrono::seconds(at_s)};
    const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(local));
    const std::int64_t of_day_s = at_s % 86'400;
    std::string text = step_s >= 86'400 ? fmt::format("{:02}-{:02}", static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()))
                       : step_s >= 60   ? fmt::format("{:02}:{:02}", of_day_s / 3600, of_day_s / 60 % 60)
                                        : fmt::format("{:02}:{:02}:{:02}", of_day_s / 3600, of_day_s / 60 % 60, of_day_s % 60);
    marks.push_back({Instant{std::chrono::seconds(at_s - offset_s)}, std::move(text)});
  }
  return marks;
}

}  // namespace tocsin::telemetry
