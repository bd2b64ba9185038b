#include "telemetry/logs/transformers/date_pattern.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <array>

namespace tocsin::telemetry::transformers {
namespace {

using Piece = DateConverter::Piece;
using Names = std::array<std::string_view, 12>;
using DayNames = std::array<std::string_view, 7>;
constexpr Names english_months = {"January", "February", "March",     "April",   "May",      "June",
                                  "July",    "August",   "September", "October", "November", "December"};
constexpr Names german_months = {"Januar", "Februar", "März",      "April",   "Mai",      "Juni",
                                 "Juli",   "August",  "September", "Oktober", "November", "Dezember"};
constexpr DayNames english_days = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr DayNames german_days = {"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"};
constexpr std::string_view letters = "yuMLdEHhkmsSnaZXxzVO";

bool is_german(const std::string& locale) { return locale == "de" || locale.starts_with("de_") || locale.starts_with("de-"); }
bool is_english(const std::string& locale) {
  return locale == "en" || locale.starts_with("en_") || locale.starts_with("en-") || locale == "ROOT" || locale == "locale.ROOT";
}
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

Result<std::vector<Piece>> read_pattern(std::string_view text) {
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < text.size();) {
    Piece piece;
    if (text[i] == '\'') {
      const std::size_t end = std::min(text.find('\'', i + 1), text.size());
      piece.text = end == i + 1 ? "'" : std::string(text.substr(i + 1, end - i - 1));
      i = end + 1;
    } else if (is_letter(text[i])) {
      piece.letter = text[i];
      while (i < text.size() && text[i] == piece.letter) ++i, ++piece.count;
      if (letters.find(piece.letter) == std::string_view::npos)
        return fail(ErrorKind::invalid,
                    "Invalid date pattern '" + std::string(text) + "': the letter " + piece.letter + " is not supported.");
    } else {
      piece.text = text[i++];
    }
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

const date::time_zone* zone_named(const std::string& name) {
  try {
    return date::locate_zone(name == "Z" ? "UTC" : name);
  } catch (const std::exception&) {
    return nullptr;
  }
}

struct Fields {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
  std::int64_t nanosecond = 0;
  std::optional<bool> afternoon;
  std::optional<int> offset_minutes;
  const date::time_zone* zone = nullptr;
};

class DateReader {
 public:
  DateReader(std::string_view text, bool german) : rest_(text), german_(german) {}
  bool read(const std::vector<Piece>& pieces, Fields& fields) {
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const bool number_follows = i + 1 < pieces.size() && pieces[i + 1].letter != 0;
      if (!piece(pieces[i], number_follows, fields)) return false;
    }
    return rest_.empty();
  }

 private:
  bool piece(const Piece& piece, bool number_follows, Fields& fields) {
    if (!piece.letter) {
      if (!rest_.starts_with(piece.text)) return false;
      rest_.remove_prefix(piece.text.size());
      return true;
    }
    const int width = piece.count >= 2 || number_follows ? std::max(piece.count, 1) : 0;
    switch (piece.letter) {
      case 'y':
      case 'u':
        if (!number(piece.count == 2 ? 2 : number_follows ? 4 : 0, fields.year)) return false;
        if (piece.count == 2) fields.year += 2000;
        return true;
      case 'M':
      case 'L':
        return piece.count >= 3 ? name(german_ ? german_months : english_months, piece.count == 3, fields.month)
                                : number(width, fields.month);
      case 'd':
        return number(width, fields.day);
      case 'E': {
        int ignored = 0;
        return name(german_ ? german_days : english_days, piece.count <= 3, ignored);
      }
      case 'H':
      case 'h':
      case 'k':
        return number(width, fields.hour);
      case 'm':
        return number(width, fields.minute);
      case 's':
        return number(width, fields.second);
      case 'S':
        return fraction(piece.count, fields.nanosecond);
      case 'a':
        return half_of_day(fields);
      case 'Z':
      case 'X':
      case 'x':
      case 'O':
        return offset(fields);
      default:
        return zone(fields);
    }
  }

  bool number(int width, int& into) {
    std::size_t size = 0;
    const std::size_t size_max = width > 0 ? static_cast<std::size_t>(width) : 9;
    int value = 0;
    while (size < rest_.size() && size < size_max && std::isdigit(static_cast<unsigned char>(rest_[size])))
      value = value * 10 + (rest_[size++] - '0');
    if (size == 0) return false;
    rest_.remove_prefix(size);
    into = value;
    return true;
  }

  bool fraction(int digits, std::int64_t& nanosecond) {
    std::int64_t scale = 1'000'000'000, value = 0;
    int size = 0;
    while (size < digits && size < static_cast<int>(rest_.size()) &&
           std::isdigit(static_cast<unsigned char>(rest_[static_cast<std::size_t>(size)]))) {
      scale /= 10;
      value += (rest_[static_cast<std::size_t>(size++)] - '0') * scale;
    }
    rest_.remove_prefix(static_cast<std::size_t>(size));
    nanosecond = value;
    return size > 0;
  }

  template <typename List>
  bool name(const List& names, bool is_short, int& into) {
    for (std::size_t i = 0; i < names.size(); ++i)
      for (const std::size_t size : {names[i].size(), std::size_t{3}, std::size_t{2}}) {
        if (size < names[i].size() && !is_short) continue;
        if (!rest_.starts_with(names[i].substr(0, size))) continue;
        rest_.remove_prefix(size);
        if (is_short && rest_.starts_with('.')) rest_.remove_prefix(1);
        into = static_cast<int>(i) + 1;
        return true;
      }
    return false;
  }

  bool half_of_day(Fields& fields) {
    if (rest_.size() < 2 || (rest_[1] | 32) != 'm' || ((rest_[0] | 32) != 'a' && (rest_[0] | 32) != 'p')) return false;
    fields.afternoon = (rest_[0] | 32) == 'p';
    rest_.remove_prefix(2);
    return true;
  }

  bool offset(Fields& fields) {
    if (rest_.starts_with("GMT") || rest_.starts_with("UTC")) rest_.remove_prefix(3);
    if (rest_.starts_with('Z')) {
      rest_.remove_prefix(1);
      fields.offset_minutes = 0;
      return true;
    }
    if (rest_.empty() || (rest_[0] != '+' && rest_[0] != '-')) return false;
    const int sign = rest_[0] == '-' ? -1 : 1;
    rest_.remove_prefix(1);
    int hours = 0, minutes = 0;
    if (!number(2, hours)) return false;
    if (rest_.starts_with(':')) rest_.remove_prefix(1);
    if (!rest_.empty() && std::isdigit(static_cast<unsigned char>(rest_[0])) && !number(2, minutes)) return false;
    fields.offset_minutes = sign * (hours * 60 + minutes);
    return true;
  }

  bool zone(Fields& fields) {
    std::size_t size = 0;
    while (size < rest_.size() && (is_letter(rest_[size]) || std::string_view("/_+-").find(rest_[size]) != std::string_view::npos)) ++size;
    fields.zone = size ? zone_named(std::string(rest_.substr(0, size))) : nullptr;
    rest_.remove_prefix(size);
    return fields.zone != nullptr;
  }

  std::string_view rest_;
  bool german_;
};

std::optional<date::sys_time<std::chrono::nanoseconds>> to_instant(Fields fields, const date::time_zone& otherwise) {
  using namespace std::chrono;
  if (fields.afternoon) fields.hour = fields.hour % 12 + (*fields.afternoon ? 12 : 0);
  const date::year_month_day day{date::year(fields.year), date::month(static_cast<unsigned>(fields.month)),
                                 date::day(static_cast<unsigned>(fields.day))};
  if (!day.ok() || fields.hour > 24 || fields.minute > 59 || fields.second > 60) return std::nullopt;
  const auto local =
      date::local_days(day) + hours(fields.hour) + minutes(fields.minute) + seconds(fields.second) + nanoseconds(fields.nanosecond);
  if (fields.offset_minutes) return date::sys_time<nanoseconds>(local.time_since_epoch() - minutes(*fields.offset_minutes));
  const date::time_zone& zone = fields.zone ? *fields.zone : otherwise;
  return zone.to_sys(local, date::choose::earliest);
}

std::string offset_text(int minutes, bool colon, bool z_for_zero) {
  if (minutes == 0 && z_for_zero) return "Z";
  const int absolute = minutes < 0 ? -minutes : minutes;
  return fmt::format("{}{:02}{}{:02}", minutes < 0 ? '-' : '+', absolute / 60, colon ? ":" : "", absolute % 60);
}

std::string written(const std::vector<Piece>& pieces, date::sys_time<std::chrono::nanoseconds> at, const date::time_zone& zone) {
  const auto local = zone.to_local(at);
  const auto day = date::floor<date::days>(local);
  const date::year_month_day date(day);
  const date::hh_mm_ss<std::chrono::nanoseconds> time(local - day);
  const auto info = zone.get_info(at);
  const int offset = static_cast<int>(info.offset.count() / 60);
  const auto padded = [](std::int64_t value, int width) { return fmt::format("{:0{}}", value, width); };
  const auto month = static_cast<unsigned>(date.month());
  const auto hour = time.hours().count();
  std::string out;
  for (const Piece& piece : pieces) switch (piece.letter) {
      case 0:
        out += piece.text;
        break;
      case 'y':
      case 'u':
        out += piece.count == 2 ? padded(static_cast<int>(date.year()) % 100, 2) : padded(static_cast<int>(date.year()), piece.count);
        break;
      case 'M':
      case 'L':
        out += piece.count < 3 ? padded(month, piece.count)
                               : std::string(piece.count == 3 ? english_months[month - 1].substr(0, 3) : english_months[month - 1]);
        break;
      case 'd':
        out += padded(static_cast<unsigned>(date.day()), piece.count);
        break;
      case 'E': {
        const auto name = english_days[date::weekday(day).c_encoding()];
        out += piece.count <= 3 ? name.substr(0, 3) : name;
        break;
      }
      case 'H':
      case 'k':
        out += padded(hour, piece.count);
        break;
      case 'h':
        out += padded(hour % 12 == 0 ? 12 : hour % 12, piece.count);
        break;
      case 'm':
        out += padded(time.minutes().count(), piece.count);
        break;
      case 's':
        out += padded(time.seconds().count(), piece.count);
        break;
      case 'S':
      case 'n':
        out += padded(time.subseconds().count(), 9).substr(0, static_cast<std::size_t>(std::min(piece.count, 9)));
        break;
      case 'a':
        out += hour < 12 ? "AM" : "PM";
        break;
      case 'Z':
      case 'x':
        out += offset_text(offset, piece.count >= 3, false);
        break;
      case 'X':
        out += offset_text(offset, piece.count >= 3, true);
        break;
      case 'O':
        out += "GMT" + offset_text(offset, true, false);
        break;
      case 'V':
        out += zone.name();
        break;
      default:
        out += info.abbrev;
    }
  return out;
}

}  // namespace

Result<DateConverter> DateConverter::make(Settings settings) {
  DateConverter converter;
  for (const std::string& pattern : settings.match_patterns) {
    // seconds and milliseconds since 1970 are numbers, not patterns
    if (pattern == "epoch" || pattern == "epoch_millis") {
      converter.sources_.push_back({Piece{.letter = 0, .count = 0, .text = pattern}});
      continue;
    }
    auto pieces = read_pattern(pattern);
    if (!pieces) return std::unexpected(pieces.error());
    converter.sources_.push_back(std::move(*pieces));
  }
  auto target = read_pattern(settings.target_format);
  if (!target) return std::unexpected(target.error());
  for (const std::string* zone : {&settings.source_zone, &settings.target_zone})
    if (!zone_named(*zone)) return fail(ErrorKind::invalid, "The time zone '" + *zone + "' is not known.");
  if (!is_english(settings.locale) && !is_german(settings.locale))
    return fail(ErrorKind::invalid, "The locale '" + settings.locale + "' is not offered: English and German are.");
  converter.target_ = std::move(*target);
  converter.settings_ = std::move(settings);
  return converter;
}

std::optional<std::string> DateConverter::convert(std::string_view text) const {
  const date::time_zone* source = zone_named(settings_.source_zone);
  const date::time_zone* target = zone_named(settings_.target_zone);
  if (!source || !target) return std::nullopt;
  for (const auto& pieces : sources_) {
    if (pieces.size() == 1 && pieces[0].text.starts_with("epoch")) {
      std::int64_t number = 0;
      for (const char c : text) {
        if (!std::isdigit(static_cast<unsigned char>(c)) || text.size() > 16) return std::nullopt;
        number = number * 10 + (c - '0');
      }
      const auto since =
          pieces[0].text == "epoch" ? std::chrono::nanoseconds(std::chrono::seconds(number)) : std::chrono::milliseconds(number);
      return written(target_, date::sys_time<std::chrono::nanoseconds>(since), *target);
    }
    Fields fields;
    if (!DateReader(text, is_german(settings_.locale)).read(pieces, fields)) continue;
    if (const auto at = to_instant(fields, *source)) return written(target_, *at, *target);
  }
  return std::nullopt;
}

}  // namespace tocsin::telemetry::transformers
