#include "telemetry/metrics/math/dynamic_label.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <functional>
#include <map>
#include <optional>

#include "telemetry/metrics/math/math_reductions.h"

namespace tocsin::telemetry {
namespace {

constexpr std::size_t values_max = 6;

struct Shown {
  const SeriesValue& series;
  const LabelSettings& settings;

  const TimeValue& first() const { return series.points.front(); }
  const TimeValue& last() const { return series.points.back(); }
  const TimeValue& least() const { return *std::min_element(series.points.begin(), series.points.end(), by_value); }
  const TimeValue& greatest() const { return *std::max_element(series.points.begin(), series.points.end(), by_value); }

 private:
  static bool by_value(const TimeValue& a, const TimeValue& b) { return a.value < b.value; }
};

/// At most four decimals, none that are 0.
std::string number(double value) {
  std::string text = fmt::format("{:.4f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

/// "1-22 13:05"
std::string moment(Instant time, const LabelSettings& settings) {
  const auto local = std::chrono::floor<std::chrono::minutes>(time) + settings.utc_offset;
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date(day);
  const auto minutes = (local - day).count();
  return fmt::format("{}-{} {:02}:{:02}", static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), minutes / 60,
                     minutes % 60);
}

/// "1d 2h 5m 10s", without the parts that are 0.
std::string span(Duration duration) {
  std::int64_t left_s = std::abs(std::chrono::floor<std::chrono::seconds>(duration).count());
  std::string text;
  for (const auto& [unit_s, name] : {std::pair{86'400, 'd'}, {3'600, 'h'}, {60, 'm'}, {1, 's'}}) {
    if (left_s >= unit_s) text += fmt::format("{}{}{}", text.empty() ? "" : " ", left_s / unit_s, name);
    left_s %= unit_s;
  }
  return text.empty() ? "0s" : text;
}

using Value = std::string (*)(const Shown&);

const std::map<std::string_view, Value>& values() {
  static const std::map<std::string_view, Value> table = {
      {"AVG", [](const Shown& s) { return number(reduce_points(Reduction::average, s.series)); }},
      {"SUM", [](const Shown& s) { return number(reduce_points(Reduction::sum, s.series)); }},
      {"FIRST", [](const Shown& s) { return number(s.first().value); }},
      {"FIRST_TIME", [](const Shown& s) { return moment(s.first().time, s.settings); }},
      {"FIRST_TIME_RELATIVE", [](const Shown& s) { return span(s.settings.now - s.first().time); }},
      {"FIRST_LAST_RANGE", [](const Shown& s) { return number(s.last().value - s.first().value); }},
      {"FIRST_LAST_TIME_RANGE", [](const Shown& s) { return span(s.last().time - s.first().time); }},
      {"LAST", [](const Shown& s) { return number(s.last().value); }},
      {"LAST_TIME", [](const Shown& s) { return moment(s.last().time, s.settings); }},
      {"LAST_TIME_RELATIVE", [](const Shown& s) { return span(s.settings.now - s.last().time); }},
      {"MAX", [](const Shown& s) { return number(s.greatest().value); }},
      {"MAX_TIME", [](const Shown& s) { return moment(s.greatest().time, s.settings); }},
      {"MAX_TIME_RELATIVE", [](const Shown& s) { return span(s.settings.now - s.greatest().time); }},
      {"MIN", [](const Shown& s) { return number(s.least().value); }},
      {"MIN_TIME", [](const Shown& s) { return moment(s.least().time, s.settings); }},
      {"MIN_TIME_RELATIVE", [](const Shown& s) { return span(s.settings.now - s.least().time); }},
      {"MIN_MAX_RANGE", [](const Shown& s) { return number(s.greatest().value - s.least().value); }},
      {"MIN_MAX_TIME_RANGE", [](const Shown& s) { return span(s.greatest().time - s.least().time); }},
  };
  return table;
}

std::optional<std::string> dimension(const SeriesOrigin& origin, std::string_view name) {
  for (const auto& [key, value] : origin.metric.dimensions)
    if (key == name) return value;
  return std::nullopt;
}

/// Of PROP('name').
std::optional<std::string> property(std::string_view name, const Shown& shown) {
  if (name == "AccountId" || name == "AccountLabel") return shown.settings.scope.account;
  if (name == "Region") return shown.settings.scope.region;
  if (name == "Period") return std::to_string(shown.series.period_s);
  if (!shown.series.origin) return std::nullopt;
  const SeriesOrigin& origin = *shown.series.origin;
  if (name == "MetricName") return origin.metric.name;
  if (name == "Namespace") return origin.metric.metric_namespace;
  if (name == "Stat") return origin.statistic;
  return name.starts_with("Dim.") ? dimension(origin, name.substr(4)) : std::nullopt;
}

std::optional<std::string> value_of(std::string_view name, const Shown& shown) {
  if (name == "LABEL") return shown.series.label;
  if (name == "DATAPOINT_COUNT") return std::to_string(shown.series.points.size());
  if (name.size() > 8 && name.starts_with("PROP('") && name.ends_with("')")) return property(name.substr(6, name.size() - 8), shown);
  const auto found = values().find(name);
  if (found == values().end()) return std::nullopt;
  return shown.series.points.empty() ? "-" : found->second(shown);
}

/// Calls `literal` with what stands between the placeholders, and `value` with their names.
void each_part(std::string_view label, const std::function<void(std::string_view)>& literal,
               const std::function<void(std::string_view)>& value) {
  while (!label.empty()) {
    const auto begin = label.find("${");
    const auto end = begin == std::string_view::npos ? begin : label.find('}', begin);
    if (end == std::string_view::npos) return literal(label);
    literal(label.substr(0, begin));
    value(label.substr(begin + 2, end - begin - 2));
    label.remove_prefix(end + 1);
  }
}

}  // namespace

bool is_dynamic(std::string_view label) {
  const auto begin = label.find("${");
  return begin != std::string_view::npos && label.find('}', begin) != std::string_view::npos;
}

Result<void> check_label(std::string_view label) {
  std::size_t count = 0, labels = 0;
  each_part(
      label, [](std::string_view) {}, [&](std::string_view name) { name == "LABEL" ? ++labels : ++count; });
  if (count > values_max) return fail(ErrorKind::invalid, "A label can have at most 6 dynamic values");
  if (labels > 1) return fail(ErrorKind::invalid, "${LABEL} can be used only once in a label");
  return {};
}

std::string dynamic_label(std::string_view label, const SeriesValue& series, const LabelSettings& settings) {
  std::string text;
  const Shown shown{series, settings};
  each_part(
      label, [&](std::string_view literal) { text += literal; },
      [&](std::string_view name) { text += value_of(name, shown).value_or("${" + std::string(name) + '}'); });
  return text;
}

Result<std::chrono::minutes> parse_utc_offset(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const bool digits = text.size() == 4 && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
  if (!digits) return fail(ErrorKind::invalid, "The value for parameter LabelOptions.Timezone must be +HHMM or -HHMM.");
  const int hours = (text[0] - '0') * 10 + text[1] - '0', minutes = (text[2] - '0') * 10 + text[3] - '0';
  if (hours > 14 || minutes > 59) return fail(ErrorKind::invalid, "The value for parameter LabelOptions.Timezone must be +HHMM or -HHMM.");
  const std::chrono::minutes offset(hours * 60 + minutes);
  return negative ? -offset : offset;
}

}  // namespace tocsin::telemetry
