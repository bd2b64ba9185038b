#include "base/schedule/wall_clock.h"

#include <date/date.h>
#include <date/tz.h>

#include <cctype>
#include <optional>

namespace tocsin {
namespace {

constexpr std::int64_t day_s = 86'400, week_s = 7 * day_s, hour_s = 3'600;

const date::time_zone* find_zone(const std::string& name) {
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    return nullptr;
  }
}

std::int64_t floor_to(std::int64_t value, std::int64_t unit) {
  const std::int64_t rest = value % unit;
  return value - (rest < 0 ? rest + unit : rest);
}

Instant at_second(std::int64_t s) { return Instant{std::chrono::seconds(s)}; }

/// "+05:30", "-8", "+0530" as seconds.
std::optional<std::int64_t> parse_offset(std::string_view text) {
  if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  std::string digits;
  for (const char c : text.substr(1)) {
    if (c == ':' && digits.size() == 2) continue;
    if (!std::isdigit(static_cast<unsigned char>(c)) || digits.size() == 4) return std::nullopt;
    digits += c;
  }
  if (digits.size() < 2) digits.insert(0, "0");
  if (digits.size() == 3) return std::nullopt;
  const std::int64_t hours = std::stoll(digits.substr(0, 2)), minutes = digits.size() == 4 ? std::stoll(digits.substr(2)) : 0;
  if (hours > 18 || minutes > 59) return std::nullopt;
  return (text[0] == '-' ? -1 : 1) * (hours * hour_s + minutes * 60);
}

}  // namespace

Result<WallClock> WallClock::parse(const std::string& zone) {
  WallClock clock;
  if (zone == "Z" || zone == "UTC" || zone == "GMT") return clock;
  std::string_view offset = zone;
  for (const std::string_view prefix : {"UTC", "GMT"})
    if (offset.starts_with(prefix)) offset.remove_prefix(prefix.size());
  if (const auto seconds = parse_offset(offset)) {
    if (*seconds % 300 != 0) return fail(ErrorKind::invalid, "The time zone " + zone + " is not a multiple of 5 minutes from UTC.");
    clock.fixed_offset_s_ = *seconds;
    return clock;
  }
  if (!find_zone(zone)) return fail(ErrorKind::invalid, "The time zone " + zone + " is not known.");
  clock.zone_ = zone;
  return clock;
}

std::int64_t WallClock::offset_s(Instant at) const {
  const date::time_zone* zone = zone_.empty() ? nullptr : find_zone(zone_);
  if (!zone) return fixed_offset_s_;
  return zone->get_info(date::sys_seconds(std::chrono::seconds(to_seconds(at)))).offset.count();
}

Instant WallClock::midnight(std::int64_t local_day) const {
  const date::time_zone* zone = zone_.empty() ? nullptr : find_zone(zone_);
  const std::int64_t local_s = local_day * day_s;
  if (!zone) return at_second(local_s - fixed_offset_s_);
  const date::local_info info = zone->get_info(date::local_seconds(std::chrono::seconds(local_s)));
  // where midnight does not exist the day begins when the gap ends
  if (info.result == date::local_info::nonexistent) return Instant{std::chrono::duration_cast<Duration>(info.first.end.time_since_epoch())};
  return at_second(local_s - info.first.offset.count());
}

Instant WallClock::period_start(Instant at, std::int64_t period_s) const {
  if (period_s < day_s) {
    const std::int64_t offset = offset_s(at), local = to_seconds(at) + offset;
    return at_second(floor_to(local, period_s) - offset);
  }
  std::int64_t day = floor_to(to_seconds(at) + offset_s(at), day_s) / day_s;
  // the doubled hour around midnight belongs to the day that it was first
  if (midnight(day) > at) --day;
  if (midnight(day + 1) <= at) ++day;
  // 1970 began on a Thursday
  if (period_s == week_s) day = floor_to(day + 3, 7) - 3;
  return midnight(day);
}

}  // namespace tocsin
