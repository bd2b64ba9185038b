// Functions of SQL and PPL over times, which Logs Insights has not. A time is a moment, or a text such as 2025-10-09 or 2025-10-09
// 08:54:00. https://docs.aws.amazon.com/opensearch-service/latest/developerguide/supported-ppl.html
#include <array>
#include <chrono>
#include <cmath>

#include "diagnose/log_query/evaluate.h"
#include "diagnose/log_query/function_names.h"
#include "diagnose/log_query/time_format.h"

namespace tocsin::diagnose {
namespace {

namespace chrono = std::chrono;
using Arguments = const FunctionArguments&;
using Days = chrono::sys_days;
using Millis = chrono::sys_time<chrono::milliseconds>;

std::optional<Millis> moment_of(const Value& value) {
  if (const auto* moment = std::get_if<Moment>(&value)) return Millis(chrono::milliseconds(moment->ms));
  const auto* text = std::get_if<std::string>(&value);
  if (!text) return std::nullopt;
  for (const char* form : {"yyyy-MM-dd", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.SSS", "yyyy-MM-dd'T'HH:mm:ss",
                           "yyyy-MM-dd'T'HH:mm:ssX", "yyyy-MM-dd'T'HH:mm:ss.SSSX", "yyyy-MM-dd HH:mm"})
    if (const auto ms = parse_moment(*text, form, "UTC")) return Millis(chrono::milliseconds(*ms));
  return std::nullopt;
}

Value to_value(Millis at) { return Moment{at.time_since_epoch().count()}; }

Value date_text(Days day) {
  auto text = format_moment(chrono::duration_cast<chrono::milliseconds>(day.time_since_epoch()).count(), "%Y-%m-%d", "UTC");
  return text ? Value(std::move(*text)) : Value();
}

/// A number that a calendar day gives.
template <int (*part)(Days)>
Value of_day(Arguments a) {
  const auto at = moment_of(a.values[0]);
  return at ? Value(static_cast<double>(part(chrono::floor<chrono::days>(*at)))) : Value();
}
int day(Days at) { return static_cast<int>(unsigned{chrono::year_month_day(at).day()}); }
int month(Days at) { return static_cast<int>(unsigned{chrono::year_month_day(at).month()}); }
int year(Days at) { return int{chrono::year_month_day(at).year()}; }
int quarter(Days at) { return (month(at) + 2) / 3; }
int day_of_week(Days at) { return static_cast<int>(chrono::weekday(at).c_encoding()) + 1; }
int weekday(Days at) { return static_cast<int>(chrono::weekday(at).iso_encoding()) - 1; }
int day_of_year(Days at) { return static_cast<int>((at - Days(chrono::year_month_day(at).year() / 1 / 1)).count()) + 1; }
/// The week of ISO 8601 that holds the day: the one of its Thursday.
int week(Days at) { return (day_of_year(at + chrono::days(3 - weekday(at))) - 1) / 7 + 1; }

template <int unit_ms, int count>
Value of_clock(Arguments a) {
  const auto at = moment_of(a.values[0]);
  if (!at) return {};
  const auto rest = (*at - chrono::floor<chrono::days>(*at)).count();
  return static_cast<double>(rest / unit_ms % count);
}

Value formatted(Arguments a, const char* form) {
  const auto at = moment_of(a.values[0]);
  auto text = at ? format_moment(at->time_since_epoch().count(), form, "UTC") : std::nullopt;
  return text ? Value(std::move(*text)) : Value();
}
Value day_name(Arguments a) { return formatted(a, "%a"); }
Value month_name(Arguments a) { return formatted(a, "%b"); }
Value date(Arguments a) { return formatted(a, "%Y-%m-%d"); }
Value last_day(Arguments a) {
  const auto at = moment_of(a.values[0]);
  if (!at) return {};
  const chrono::year_month_day day{chrono::floor<chrono::days>(*at)};
  return date_text(Days(day.year() / day.month() / chrono::last));
}

/// Letters of Java's patterns as those of strftime; a pattern with % is of the latter already.
std::string strftime_form(const std::string& form) {
  static constexpr std::pair<std::string_view, std::string_view> letters[] = {
      {"yyyy", "%Y"}, {"uuuu", "%Y"}, {"yy", "%y"},  {"y", "%Y"},  {"MMMM", "%B"}, {"MMM", "%b"}, {"MM", "%m"},
      {"dd", "%d"},   {"HH", "%H"},   {"hh", "%I"},  {"mm", "%M"}, {"ss", "%S"},   {"SSS", "%L"}, {"EEEE", "%A"},
      {"EEE", "%a"},  {"E", "%a"},    {"DDD", "%j"}, {"a", "%p"},  {"z", "%Z"},    {"Z", "%z"}};
  if (form.find('%') != std::string::npos) return form;
  std::string out;
  for (std::size_t at = 0; at < form.size();) {
    if (form[at] == '\'') {
      const std::size_t end = std::min(form.find('\'', at + 1), form.size());
      out += form.substr(at + 1, end - at - 1);
      at = end + 1;
      continue;
    }
    std::size_t size = 1;
    std::string piece(1, form[at]);
    for (const auto& [java, c] : letters)
      if (form.compare(at, java.size(), java) == 0) {
        size = java.size();
        piece = c;
        break;
      }
    out += piece;
    at += size;
  }
  return out;
}
Value date_format(Arguments a) { return formatted(a, strftime_form(a.text(1)).c_str()); }

Value timestamp(Arguments a) {
  const auto at = moment_of(a.values[0]);
  return at ? to_value(*at) : Value();
}
Value now(Arguments a) { return Moment{a.around.now_ms}; }
Value current_date(Arguments a) { return date_text(chrono::floor<chrono::days>(Millis(chrono::milliseconds(a.around.now_ms)))); }
Value from_unixtime(Arguments a) {
  const auto seconds = a.number(0);
  if (!seconds || std::abs(*seconds) > 9e9) return {};
  auto text =
      format_moment(static_cast<std::int64_t>(*seconds * 1000), a.size() > 1 ? strftime_form(a.text(1)) : "%Y-%m-%d %H:%M:%S", "UTC");
  return text ? Value(std::move(*text)) : Value();
}
Value unix_timestamp(Arguments a) {
  if (a.size() == 0) return std::floor(static_cast<double>(a.around.now_ms) / 1000);
  const auto at = moment_of(a.values[0]);
  return at ? Value(static_cast<double>(chrono::floor<chrono::seconds>(*at).time_since_epoch().count())) : Value();
}
Value make_date(Arguments a) {
  const chrono::year_month_day day{chrono::year(static_cast<int>(a.number(0).value_or(0))),
                                   chrono::month(static_cast<unsigned>(a.number(1).value_or(0))),
                                   chrono::day(static_cast<unsigned>(a.number(2).value_or(0)))};
  return day.ok() ? date_text(Days(day)) : Value();
}
Value date_difference(Arguments a) {
  const auto first = moment_of(a.values[0]), second = moment_of(a.values[1]);
  if (!first || !second) return {};
  return static_cast<double>((chrono::floor<chrono::days>(*first) - chrono::floor<chrono::days>(*second)).count());
}

std::optional<std::int64_t> unit_ms(const std::string& unit) {
  const auto named = unit_named(lower_case(unit) == "microsecond" ? "ms" : unit);
  if (!named || *named >= Unit::mo) return std::nullopt;
  constexpr std::int64_t lengths[] = {1, 1000, 60'000, 3'600'000, 86'400'000, 7 * 86'400'000LL};
  return lengths[static_cast<int>(*named)];
}
int unit_months(const std::string& unit) {
  const auto named = unit_named(unit);
  return !named || *named < Unit::mo ? 0 : *named == Unit::mo ? 1 : *named == Unit::q ? 3 : 12;
}

/// (unit, count, time): the day stays as far as the month has it.
Value add_time(Arguments a) {
  const auto count = a.number(1);
  const auto at = moment_of(a.values[2]);
  if (!count || !at || std::abs(*count) > 1e12) return {};
  const auto whole = static_cast<std::int64_t>(*count);
  if (const auto length = unit_ms(a.text(0)))
    return std::abs(*count) * static_cast<double>(*length) < 9e15 ? to_value(*at + chrono::milliseconds(whole * *length)) : Value();
  const int months = unit_months(a.text(0));
  if (months == 0 || std::abs(whole) > 100'000) return {};
  const auto day = chrono::floor<chrono::days>(*at);
  chrono::year_month_day moved = chrono::year_month_day(day) + chrono::months(static_cast<int>(whole) * months);
  if (!moved.ok()) moved = moved.year() / moved.month() / chrono::last;
  return to_value(Millis(Days(moved)) + (*at - day));
}

/// (date, days): a date as text.
template <int direction>
Value add_days(Arguments a) {
  const auto at = moment_of(a.values[0]);
  const auto count = a.number(1);
  if (!at || !count || std::abs(*count) > 1e6) return {};
  return date_text(chrono::floor<chrono::days>(*at) + chrono::days(direction * static_cast<int>(*count)));
}

/// (unit, first, second): whole units between them.
Value time_difference(Arguments a) {
  const auto first = moment_of(a.values[1]), second = moment_of(a.values[2]);
  if (!first || !second) return {};
  if (const auto length = unit_ms(a.text(0)))
    return std::trunc(static_cast<double>((*second - *first).count()) / static_cast<double>(*length));
  const int months = unit_months(a.text(0));
  if (months == 0) return {};
  const auto since = [](Millis at) {
    const auto day = chrono::floor<chrono::days>(at);
    const chrono::year_month_day date{day};
    const double rest = static_cast<double>(unsigned{date.day()}) - 1 + static_cast<double>((at - day).count()) / 86'400'000.0;
    return std::pair(int{date.year()} * 12 + static_cast<int>(unsigned{date.month()}), rest);
  };
  const auto from = since(*first), to = since(*second);
  int whole = to.first - from.first;
  if (whole > 0 && to.second < from.second) --whole;
  if (whole < 0 && to.second > from.second) ++whole;
  return static_cast<double>(whole / months);
}

Value utc(Arguments) { return std::string("UTC"); }

constexpr std::array forms = {FunctionForm{"sql.day", 1, 1, of_day<day>},
                              FunctionForm{"sql.month", 1, 1, of_day<month>},
                              FunctionForm{"sql.year", 1, 1, of_day<year>},
                              FunctionForm{"sql.quarter", 1, 1, of_day<quarter>},
                              FunctionForm{"sql.dayofweek", 1, 1, of_day<day_of_week>},
                              FunctionForm{"sql.weekday", 1, 1, of_day<weekday>},
                              FunctionForm{"sql.dayofyear", 1, 1, of_day<day_of_year>},
                              FunctionForm{"sql.week", 1, 1, of_day<week>},
                              FunctionForm{"sql.hour", 1, 1, of_clock<3'600'000, 24>},
                              FunctionForm{"sql.minute", 1, 1, of_clock<60'000, 60>},
                              FunctionForm{"sql.second", 1, 1, of_clock<1000, 60>},
                              FunctionForm{"sql.dayname", 1, 1, day_name},
                              FunctionForm{"sql.monthname", 1, 1, month_name},
                              FunctionForm{"sql.date", 1, 1, date},
                              FunctionForm{"sql.lastday", 1, 1, last_day},
                              FunctionForm{"sql.dateformat", 2, 2, date_format},
                              FunctionForm{"sql.timestamp", 1, 1, timestamp},
                              FunctionForm{"sql.now", 0, 0, now},
                              FunctionForm{"sql.currentdate", 0, 0, current_date},
                              FunctionForm{"sql.fromunixtime", 1, 2, from_unixtime},
                              FunctionForm{"sql.unixtimestamp", 0, 1, unix_timestamp},
                              FunctionForm{"sql.makedate", 3, 3, make_date},
                              FunctionForm{"sql.datediff", 2, 2, date_difference},
                              FunctionForm{"sql.addtime", 3, 3, add_time},
                              FunctionForm{"sql.dateadd", 2, 2, add_days<1>},
                              FunctionForm{"sql.datesub", 2, 2, add_days<-1>},
                              FunctionForm{"sql.timediff", 3, 3, time_difference},
                              FunctionForm{"sql.timezone", 0, 0, utc}};

}  // namespace

std::span<const FunctionForm> foreign_time_functions() { return forms; }

}  // namespace tocsin::diagnose
