#include "base/schedule/schedule.h"

#include <date/date.h>
#include <date/tz.h>

#include <algorithm>
#include <charconv>

#include "base/schedule/cron_text.h"

namespace tocsin {
namespace {

using namespace std::chrono_literals;

constexpr int first_year = 1970;
/// More than any jump of a zone's offset: local times this far back need no look.
constexpr auto offset_jump_max = 26h;

const date::time_zone* find_zone(const std::string& name) {
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    return nullptr;
  }
}

/// The moment of a local time; nullopt in a gap, the first of a doubled one.
std::optional<Instant> to_instant(const date::time_zone& zone, date::local_seconds local) {
  const date::local_info info = zone.get_info(local);
  if (info.result == date::local_info::nonexistent) return std::nullopt;
  const auto utc = local.time_since_epoch() - info.first.offset;
  return Instant{std::chrono::duration_cast<Duration>(utc)};
}

int days_in(date::year_month month) { return static_cast<int>(static_cast<unsigned>((month / date::last).day())); }

int weekday_of(date::year_month month, int day) {
  return static_cast<int>(date::weekday(date::local_days(month / date::day(static_cast<unsigned>(day)))).c_encoding());
}

/// The weekday (Monday to Friday) nearest to `day` without leaving the month.
int nearest_weekday(date::year_month month, int day) {
  const int last = days_in(month);
  day = std::min(day, last);
  const int weekday = weekday_of(month, day);
  if (weekday == 6) return day > 1 ? day - 1 : day + 2;
  if (weekday == 0) return day < last ? day + 1 : day - 2;
  return day;
}

bool holds_day(const CronDays& days, date::year_month month, int day) {
  if (days.any || days.days.test(static_cast<std::size_t>(day))) return true;
  const int last = days_in(month);
  if ((days.last_day && day == last) || (days.last_weekday && day == nearest_weekday(month, last))) return true;
  return std::ranges::any_of(days.days_before_last, [&](int before) { return day == last - before; }) ||
         std::ranges::any_of(days.nearest_weekdays, [&](int wanted) { return wanted <= last && day == nearest_weekday(month, wanted); });
}

bool holds_weekday(const CronWeekdays& weekdays, date::year_month month, int day) {
  const int weekday = weekday_of(month, day);
  if (weekdays.any || weekdays.weekdays.test(static_cast<std::size_t>(weekday))) return true;
  return std::ranges::any_of(weekdays.last, [&](int wanted) { return weekday == wanted && day + 7 > days_in(month); }) ||
         std::ranges::any_of(weekdays.occurrence,
                             [&](const auto& wanted) { return weekday == wanted.first && (day - 1) / 7 + 1 == wanted.second; });
}

bool holds(const Cron& cron, date::year_month month, int day) {
  const bool by_day = holds_day(cron.days, month, day), by_weekday = holds_weekday(cron.weekdays, month, day);
  return cron.either_day && !cron.days.any && !cron.weekdays.any ? by_day || by_weekday : by_day && by_weekday;
}

/// The first time of a day that is after `after`.
std::optional<Instant> first_in_day(const Cron& cron, const date::time_zone& zone, date::local_days day, Instant after,
                                    date::local_seconds after_local) {
  for (int hour = 0; hour < 24; ++hour) {
    if (!cron.hours.test(static_cast<std::size_t>(hour))) continue;
    for (int minute = 0; minute < 60; ++minute) {
      if (!cron.minutes.test(static_cast<std::size_t>(minute))) continue;
      const date::local_seconds local = day + std::chrono::hours(hour) + std::chrono::minutes(minute);
      if (local + offset_jump_max < after_local) continue;
      const auto at = to_instant(zone, local);
      if (at && *at > after) return at;
    }
  }
  return std::nullopt;
}

std::optional<Instant> next_of_cron(const Cron& cron, const date::time_zone& zone, Instant after) {
  const auto after_local = std::chrono::floor<std::chrono::seconds>(zone.to_local(after));
  const auto start = date::floor<date::days>(after_local);
  const date::year_month_day first{start};
  const int last_year = first_year + static_cast<int>(cron.years.size()) - 1;
  for (date::year_month month = first.year() / first.month(); static_cast<int>(month.year()) <= last_year; month += date::months(1)) {
    if (static_cast<int>(month.year()) < first_year ||
        !cron.years.test(static_cast<std::size_t>(static_cast<int>(month.year()) - first_year)))
      continue;
    if (!cron.months.test(static_cast<unsigned>(month.month()))) continue;
    for (int day = 1; day <= days_in(month); ++day) {
      const date::local_days date{month / date::day(static_cast<unsigned>(day))};
      if (date < start || !holds(cron, month, day)) continue;
      if (const auto at = first_in_day(cron, zone, date, after, after_local)) return at;
    }
  }
  return std::nullopt;
}

std::unexpected<Error> bad_expression() { return fail(ErrorKind::invalid, "Parameter ScheduleExpression is not valid."); }

/// The text between `name(` and `)`.
std::optional<std::string_view> call_of(std::string_view text, std::string_view name) {
  if (!text.starts_with(name) || !text.ends_with(')') || text.size() < name.size() + 2 || text[name.size()] != '(') return std::nullopt;
  return text.substr(name.size() + 1, text.size() - name.size() - 2);
}

Result<Rate> parse_rate(std::string_view text) {
  std::int64_t count = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit = text.substr(static_cast<std::size_t>(parsed.ptr - text.data()));
  if (parsed.ec != std::errc() || count < 1 || count > 1'000'000) return bad_expression();
  const std::string_view ending = count == 1 ? "" : "s";
  const auto is = [&](std::string_view name) {
    return unit.size() == name.size() + ending.size() + 1 && unit.starts_with(' ') && unit.substr(1, name.size()) == name &&
           unit.ends_with(ending);
  };
  if (is("minute")) return Rate{count * 1min};
  if (is("hour")) return Rate{count * 1h};
  // 106,751 days are more than an int64 of nanoseconds holds
  if (is("day") && count <= 36'500) return Rate{count * 24h};
  return bad_expression();
}

Result<At> parse_at(std::string_view text) {
  // yyyy-mm-ddThh:mm:ss
  static constexpr std::string_view shape = "dddd-dd-ddTdd:dd:dd";
  if (text.size() != shape.size()) return bad_expression();
  for (std::size_t n = 0; n < shape.size(); ++n)
    if (shape[n] == 'd' ? text[n] < '0' || text[n] > '9' : text[n] != shape[n]) return bad_expression();
  const auto number = [&](std::size_t from, std::size_t size) {
    int out = 0;
    std::from_chars(text.data() + from, text.data() + from + size, out);
    return out;
  };
  const date::year_month_day day{date::year(number(0, 4)), date::month(static_cast<unsigned>(number(5, 2))),
                                 date::day(static_cast<unsigned>(number(8, 2)))};
  if (!day.ok() || number(0, 4) < first_year || number(0, 4) > 2199 || number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 59)
    return bad_expression();
  const date::local_seconds at =
      date::local_days(day) + std::chrono::hours(number(11, 2)) + std::chrono::minutes(number(14, 2)) + std::chrono::seconds(number(17, 2));
  return At{at.time_since_epoch().count()};
}

template <typename When>
Result<Schedule> in_zone(const Result<When>& when, const std::string& zone) {
  if (!when) return std::unexpected(when.error());
  if (!is_time_zone(zone)) return fail(ErrorKind::invalid, "The time zone is not known: " + zone);
  return Schedule(*when, zone);
}

}  // namespace

bool is_time_zone(const std::string& name) { return find_zone(name) != nullptr; }

std::optional<Instant> Schedule::next_after(Instant after, Instant anchor) const {
  if (const Rate* rate = std::get_if<Rate>(&when_)) {
    if (after < anchor) return anchor + rate->period;
    return anchor + ((after - anchor) / rate->period + 1) * rate->period;
  }
  const date::time_zone* zone = find_zone(zone_);
  if (!zone) return std::nullopt;
  if (const Cron* cron = std::get_if<Cron>(&when_)) return next_of_cron(*cron, *zone, after);
  const auto at = to_instant(*zone, date::local_seconds(std::chrono::seconds(std::get<At>(when_).local_seconds)));
  return at && *at > after ? at : std::nullopt;
}

Result<Schedule> parse_schedule(std::string_view expression, const std::string& zone) {
  if (const auto text = call_of(expression, "rate")) return in_zone(parse_rate(*text), zone);
  if (const auto text = call_of(expression, "at")) return in_zone(parse_at(*text), zone);
  if (const auto text = call_of(expression, "cron")) return in_zone(parse_six_fields(*text), zone);
  return bad_expression();
}

Result<Schedule> parse_mute_schedule(std::string_view expression, const std::string& zone) {
  if (const auto text = call_of(expression, "at")) return in_zone(parse_at(std::string(*text) + ":00"), zone);
  if (const auto text = call_of(expression, "cron")) return in_zone(parse_five_fields(*text), zone);
  return bad_expression();
}

}  // namespace tocsin
