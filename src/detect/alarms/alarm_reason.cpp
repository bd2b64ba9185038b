#include "detect/alarms/alarm_reason.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>

#include "base/text_time.h"

namespace tocsin::detect {
namespace {

/// 22/11/26 10:00:00
std::string short_time(Instant at) {
  const std::string text = to_rfc3339(at);
  return text.substr(8, 2) + '/' + text.substr(5, 2) + '/' + text.substr(2, 2) + ' ' + text.substr(11, 8);
}

/// The newest N real points, newest first: those that decided.
std::vector<Datapoint> considered(const AlarmTerms& terms, const std::vector<Datapoint>& range) {
  std::vector<Datapoint> points;
  for (auto each = range.rbegin(); each != range.rend() && static_cast<std::int64_t>(points.size()) < terms.evaluation_periods; ++each)
    if (each->value) points.push_back(*each);
  return points;
}

std::string_view comparison_words(Comparison comparison) {
  switch (comparison) {
    case Comparison::greater_or_equal:
      return "greater than or equal to";
    case Comparison::greater:
      return "greater than";
    case Comparison::less:
      return "less than";
    case Comparison::less_or_equal:
      return "less than or equal to";
  }
  return {};
}

std::string plural(std::size_t count) { return count == 1 ? "" : "s"; }

std::string listed(const std::vector<Datapoint>& points) {
  std::string text;
  for (const Datapoint& point : points) {
    if (!text.empty()) text += ", ";
    text += number_text(*point.value) + " (" + short_time(point.time) + ')';
  }
  return '[' + text + ']';
}

/// "was greater than the threshold (21.0)"
std::string crossed(const AlarmTerms& terms, std::size_t count, bool breaching) {
  return fmt::format("{}{} {} the threshold ({})", count == 1 ? "was" : "were", breaching ? "" : " not", comparison_words(terms.comparison),
                     number_text(terms.threshold));
}

std::string missing_words(const AlarmTerms& terms, std::size_t fill) {
  return fmt::format("{} missing datapoint{} treated as [{}]", fill, fill == 1 ? " was" : "s were",
                     terms.missing == MissingData::breaching ? "Breaching" : "NonBreaching");
}

bool fills(const AlarmTerms& terms) { return terms.missing == MissingData::breaching || terms.missing == MissingData::not_breaching; }

}  // namespace

std::string number_text(double value) {
  if (value == 0) return std::signbit(value) ? "-0.0" : "0.0";
  char buffer[400];
  const double magnitude = std::fabs(value);
  const bool plain = magnitude >= 1e-3 && magnitude < 1e7;
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, value, plain ? std::chars_format::fixed : std::chars_format::scientific).ptr;
  std::string text(buffer, end);
  if (plain) return text.find('.') == std::string::npos ? text + ".0" : text;
  const auto e = text.find('e');
  std::string mantissa = text.substr(0, e);
  if (mantissa.find('.') == std::string::npos) mantissa += ".0";
  return mantissa + 'E' + std::to_string(std::stoi(text.substr(e + 1)));
}

std::string reason_text(const AlarmTerms& terms, AlarmState from, AlarmState to, const std::vector<Datapoint>& range) {
  const auto n = static_cast<std::size_t>(terms.evaluation_periods);
  if (to == AlarmState::insufficient_data)
    return fmt::format("Insufficient Data: {} datapoint{} {} unknown.", n, plural(n), n == 1 ? "was" : "were");
  const std::vector<Datapoint> points = considered(terms, range);
  const std::size_t fill = fills(terms) ? n - points.size() : 0;
  if (points.empty())
    return fmt::format("Threshold Crossed: no datapoints were received for {} period{} and {}.", n, plural(n), missing_words(terms, fill));
  const bool breaching = to == AlarmState::alarm;
  std::vector<Datapoint> telling;
  std::copy_if(points.begin(), points.end(), std::back_inserter(telling),
               [&](const Datapoint& each) { return breaches(terms, *each.value) == breaching; });
  if (telling.empty() && fill > 0) return fmt::format("Threshold Crossed: {}.", missing_words(terms, fill));
  // OK for want of breaching points: they are too few, and nothing else came [open]
  if (telling.empty())
    return fmt::format("Threshold Crossed: {} out of the last {} datapoints {} {} (minimum {} datapoint{} for OK -> ALARM transition).",
                       points.size(), points.size(), listed(points), crossed(terms, points.size(), true), terms.datapoints_to_alarm,
                       plural(static_cast<std::size_t>(terms.datapoints_to_alarm)));
  const std::string words = crossed(terms, telling.size(), breaching);
  if (fill > 0)
    return fmt::format("Threshold Crossed: {} datapoint{} {} {} and {}.", telling.size(), plural(telling.size()), listed(telling), words,
                       missing_words(terms, fill));
  if (from == AlarmState::insufficient_data)
    return fmt::format("Threshold Crossed: {} datapoint{} {} {}.", telling.size(), plural(telling.size()), listed(telling), words);
  const std::size_t least =
      static_cast<std::size_t>(breaching ? terms.datapoints_to_alarm : terms.evaluation_periods - terms.datapoints_to_alarm + 1);
  return fmt::format("Threshold Crossed: {} out of the last {} datapoints {} {} (minimum {} datapoint{} for {} -> {} transition).",
                     telling.size(), points.size(), listed(telling), words, least, plural(least), to_text(from), to_text(to));
}

Document reason_data(const AlarmTerms& terms, const std::vector<Datapoint>& range, Instant now) {
  std::vector<Datapoint> points = considered(terms, range);
  Object data{{"version", "1.0"}, {"queryDate", to_iso_offset_ms(now)}};
  if (!points.empty()) data["startDate"] = to_iso_offset_ms(points.back().time);
  if (!terms.statistic.empty()) data["statistic"] = terms.statistic;
  data["period"] = terms.period_s;
  Array recent, evaluated;
  for (const Datapoint& point : points) {
    Object each{{"timestamp", to_iso_offset_ms(point.time)}};
    if (point.sample_count) each["sampleCount"] = *point.sample_count;
    each["value"] = *point.value;
    evaluated.emplace_back(std::move(each));
    recent.insert(recent.begin(), Document(*point.value));
  }
  data["recentDatapoints"] = std::move(recent);
  data["threshold"] = terms.threshold;
  if (!evaluated.empty()) data["evaluatedDatapoints"] = std::move(evaluated);
  return data;
}

}  // namespace tocsin::detect
