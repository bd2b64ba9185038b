#include "diagnose/log_query/time_format.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <array>
#include <cctype>

namespace tocsin::diagnose {
namespace {

constexpr std::int64_t time_ms_max = 8'000'000'000'000'000 / 1000;
constexpr std::array months = {"January", "February", "March",     "April",   "May",      "June",
                               "July",    "August",   "September", "October", "November", "December"};
constexpr std::array days = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

const date::time_zone* zone_named(std::string_view name) {
  if (name.empty() || name == "Z") name = "UTC";
  try {
    return date::locate_zone(std::string(name));
  } catch (const std::exception&) {
    return nullptr;
  }
}

bool same_letters(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
         });
}

/// What is read, piece by piece.
struct Pieces {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, nanosecond = 0;
  std::optional<bool> afternoon;
  std::optional<int> offset_minutes;
  std::optional<int> day_of_year;
  std::optional<std::int64_t> epoch_ms;
};

class Reader {
 public:
  Reader(std::string_view text, std::string_view pattern) : text_(text), pattern_(pattern) {}

  bool read(Pieces& pieces) {
    while (!pattern_.empty()) {
      const char c = pattern_[0];
      if (c == '\'') {
        if (!quoted()) return false;
      } else if (std::isalpha(static_cast<unsigned char>(c))) {
        std::size_t count = 0;
        while (count < pattern_.size() && pattern_[count] == c) ++count;
        pattern_.remove_prefix(count);
        const bool adjacent = !pattern_.empty() && std::isalpha(static_cast<unsigned char>(pattern_[0]));
        if (!piece(c, count, adjacent, pieces)) return false;
      } else if (c == '[' || c == ']') {
        pattern_.remove_prefix(1);
      } else if (!literal(c)) {
        return false;
      } else {
        pattern_.remove_prefix(1);
      }
    }
    return text_.empty();
  }

 private:
  bool literal(char c) {
    if (text_.empty() || text_[0] != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  bool quoted() {
    pattern_.remove_prefix(1);
    if (pattern_.starts_with('\'')) {
      pattern_.remove_prefix(1);
      return literal('\'');
    }
    while (!pattern_.empty() && pattern_[0] != '\'') {
      if (!literal(pattern_[0])) return false;
      pattern_.remove_prefix(1);
    }
    if (pattern_.empty()) return false;
    pattern_.remove_prefix(1);
    return true;
  }

  bool digits(std::size_t min, std::size_t max, int& number) {
    std::size_t count = 0;
    number = 0;
    while (count < max && count < text_.size() && std::isdigit(static_cast<unsigned char>(text_[count])))
      number = number * 10 + (text_[count++] - '0');
    text_.remove_prefix(count);
    return count >= min;
  }

  template <std::size_t size>
  bool word(const std::array<const char*, size>& words, bool whole, int& index) {
    for (std::size_t i = 0; i < size; ++i) {
      const std::string_view candidate = whole ? std::string_view(words[i]) : std::string_view(words[i]).substr(0, 3);
      if (!same_letters(text_.substr(0, candidate.size()), candidate)) continue;
      text_.remove_prefix(candidate.size());
      index = static_cast<int>(i);
      return true;
    }
    return false;
  }

  bool fraction(std::size_t count, int& nanosecond) {
    int number = 0;
    const std::size_t before = text_.size();
    if (!digits(1, std::min<std::size_t>(count, 9), number)) return false;
    for (std::size_t used = before - text_.size(); used < 9; ++used) number *= 10;
    nanosecond = number;
    return true;
  }

  bool offset(bool z_allowed, std::optional<int>& minutes) {
    if (z_allowed && !text_.empty() && (text_[0] == 'Z' || text_[0] == 'z')) {
      text_.remove_prefix(1);
      minutes = 0;
      return true;
    }
    if (text_.starts_with("GMT") || text_.starts_with("UTC")) {
      text_.remove_prefix(3);
      minutes = 0;
      if (text_.empty() || (text_[0] != '+' && text_[0] != '-')) return true;
    }
    if (text_.empty() || (text_[0] != '+' && text_[0] != '-')) return false;
    const int sign = text_[0] == '-' ? -1 : 1;
    text_.remove_prefix(1);
    int hours = 0, rest = 0;
    if (!digits(1, 2, hours)) return false;
    if (text_.starts_with(':')) text_.remove_prefix(1);
    if (!text_.empty() && std::isdigit(static_cast<unsigned char>(text_[0])) && !digits(2, 2, rest)) return false;
    minutes = sign * (hours * 60 + rest);
    return hours < 19 && rest < 60;
  }

  bool piece(char letter, std::size_t count, bool adjacent, Pieces& p) {
    const std::size_t max = adjacent || count > 1 ? count : 2;
    int index = 0;
    switch (letter) {
      case 'y':
      case 'u':
        if (count == 2) {
          if (!digits(2, 2, p.year)) return false;
          p.year += 2000;
          return true;
        }
        return digits(count == 4 ? 4 : 1, adjacent ? count : 4, p.year);
      case 'M':
      case 'L':
        if (count < 3) return digits(1, adjacent ? count : 2, p.month);
        if (!word(months, count > 3, index)) return false;
        p.month = index + 1;
        return true;
      case 'd':
        return digits(1, max, p.day);
      case 'D':
        if (!digits(1, 3, index)) return false;
        p.day_of_year = index;
        return true;
      case 'E':
      case 'e':
        return word(days, count > 3, index);
      case 'H':
      case 'k':
        if (!digits(1, max, p.hour)) return false;
        if (letter == 'k') p.hour %= 24;
        return true;
      case 'h':
      case 'K':
        if (!digits(1, max, p.hour)) return false;
        p.hour %= 12;
        return true;
      case 'a':
        if (!same_letters(text_.substr(0, 2), "am") && !same_letters(text_.substr(0, 2), "pm")) return false;
        p.afternoon = same_letters(text_.substr(0, 2), "pm");
        text_.remove_prefix(2);
        return true;
      case 'm':
        return digits(1, max, p.minute);
      case 's':
        return digits(1, max, p.second);
      case 'S':
      case 'n':
        return fraction(count, p.nanosecond);
      case 'X':
      case 'z':
      case 'V':
        return offset(true, p.offset_minutes);
      case 'x':
      case 'Z':
      case 'O':
        return offset(letter == 'Z', p.offset_minutes);
      default:
        return false;
    }
  }

  std::string_view text_, pattern_;
};

}  // namespace

std::optional<std::string> format_moment(std::int64_t time_ms, std::string_view format, std::string_view zone_name) {
  const date::time_zone* zone = zone_named(zone_name);
  if (!zone || time_ms > time_ms_max || time_ms < -time_ms_max || format.size() > 200) return std::nullopt;
  const date::zoned_time<std::chrono::milliseconds> at{zone, date::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(time_ms))};
  const auto local = at.get_local_time();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(local);
  const int millisecond = static_cast<int>((local - seconds).count());
  // the library writes seconds with their fraction; here %S is whole, and %f and %L are the fraction
  std::string pattern;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 == format.size()) {
      pattern += format[i];
      continue;
    }
    const char letter = format[++i];
    if (letter == 'f')
      pattern += fmt::format("{:03}000", millisecond);
    else if (letter == 'L')
      pattern += fmt::format("{:03}", millisecond);
    else if (letter == 's')
      pattern += std::to_string(time_ms / 1000);
    else
      (pattern += '%') += letter;
  }
  try {
    return date::format(pattern, date::zoned_time<std::chrono::seconds>{zone, std::chrono::floor<std::chrono::seconds>(at.get_sys_time())});
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::optional<std::int64_t> parse_moment(std::string_view text, std::string_view pattern, std::string_view zone_name) {
  Pieces p;
  if (!Reader(text, pattern).read(p)) return std::nullopt;
  if (p.afternoon && *p.afternoon) p.hour = p.hour % 12 + 12;
  if (p.hour > 23 || p.minute > 59 || p.second > 59) return std::nullopt;
  const date::year_month_day day{date::year(p.year), date::month(static_cast<unsigned>(p.month)), date::day(static_cast<unsigned>(p.day))};
  if (!day.ok()) return std::nullopt;
  date::local_days days = date::local_days(day);
  if (p.day_of_year) days = date::local_days(date::year(p.year) / 1 / 1) + date::days(*p.day_of_year - 1);
  const auto local = days + std::chrono::hours(p.hour) + std::chrono::minutes(p.minute) + std::chrono::seconds(p.second) +
                     std::chrono::milliseconds(p.nanosecond / 1'000'000);
  if (p.offset_minutes)
    return std::chrono::duration_cast<std::chrono::milliseconds>(local.time_since_epoch()).count() - *p.offset_minutes * 60'000LL;
  const date::time_zone* zone = zone_named(zone_name);
  if (!zone) return std::nullopt;
  try {
    return std::chrono::duration_cast<std::chrono::milliseconds>(zone->to_sys(local, date::choose::earliest).time_since_epoch()).count();
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace tocsin::diagnose
