#include "communicate/storm/quiet_hours.h"

#include <charconv>
#include <optional>

namespace tocsin::storm {
namespace {

constexpr std::int64_t day_s = 86'400;

std::optional<Duration> clock_time(std::string_view text) {
  int hours = 0, minutes = 0;
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto number = [](std::string_view digits, int& into) {
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), into);
    return failed == std::errc{} && end == digits.data() + digits.size() && into >= 0;
  };
  if (!number(text.substr(0, 2), hours) || !number(text.substr(3), minutes) || hours > 24 || minutes > 59 || (hours == 24 && minutes > 0))
    return std::nullopt;
  return std::chrono::hours(hours) + std::chrono::minutes(minutes);
}

}  // namespace

Result<QuietHours> QuietHours::parse(std::string_view text) {
  const auto bad = [&] { return fail(ErrorKind::invalid, "'" + std::string(text) + "' are no quiet hours: 22:00-07:00 Europe/Berlin"); };
  const std::size_t blank = text.find(' ');
  const std::string_view hours = text.substr(0, blank);
  const std::size_t dash = hours.find('-');
  if (dash == std::string_view::npos) return bad();
  const auto from = clock_time(hours.substr(0, dash)), to = clock_time(hours.substr(dash + 1));
  if (!from || !to || *from == *to) return bad();
  QuietHours out;
  out.from_ = *from;
  out.to_ = *to;
  if (blank == std::string_view::npos) return out;
  auto zone = WallClock::parse(std::string(text.substr(blank + 1)));
  if (!zone) return bad();
  out.zone_ = std::move(*zone);
  return out;
}

// clocks change in the small hours: what is before is counted from the midnight before, what is after from the one that follows
Instant QuietHours::moment_of(Instant midnight, Duration time) const {
  if (time < std::chrono::hours(2)) return midnight + time;
  return zone_.period_start(midnight + std::chrono::hours(26), day_s) - (std::chrono::hours(24) - time);
}

Instant QuietHours::end_of(Instant at) const {
  const Instant midnight = zone_.period_start(at, day_s), from = moment_of(midnight, from_), to = moment_of(midnight, to_);
  if (from_ < to_) return at >= from && at < to ? to : at;
  if (at < to) return to;
  if (at < from) return at;
  return moment_of(zone_.period_start(midnight + std::chrono::hours(26), day_s), to_);
}

}  // namespace tocsin::storm
