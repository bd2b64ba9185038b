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
    case Comparison::outside_band:
    case Comparison::below_band:
    case Comparison::above_band:
      break;
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

std::string edges(const std::vector<Datapoint>& points, std::optional<double> Datapoint::*edge) {
  std::string text;
  for (const Datapoint& point : points) {
    if (!text.empty()) text += ", ";
    text += number_text((point.*edge).value_or(0));
  }
  return '[' + text + ']';
}

/// "was less than the lower thresholds [0.02] or greater than the upper thresholds [0.3]"
std::string left_band(const AlarmTerms& terms, const std::vector<Datapoint>& points, bool breaching) {
  const std::string_view be = points.size() == 1 ? "was" : "were", no = breaching ? "" : " not";
  const std::string below = fmt::format("{} less than the lower thresholds {}", no, edges(points, &Datapoint::lower));
  const std::string above = fmt::format("{} greater than the upper thresholds {}", no, edges(points, &Datapoint::upper));
  if (terms.comparison == Comparison::below_band) return std::string(be) + below;
  if (terms.comparison == Comparison::above_band) return std::string(be) + above;
  return std::string(be) + below + " or" + above;
}

/// "was greater than the threshold (21.0)"
std::string crossed(const AlarmTerms& terms, const std::vector<Datapoint>& points, bool breaching) {
  const std::size_t count = points.size();
  if (!terms.band_id.empty()) return left_band(terms, points, breaching);
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

namespace {

/// The points with what they did; of many the newest five alone, behind.
std::string told(const AlarmTerms& terms, const std::vector<Datapoint>& points, bool breaching) {
  constexpr std::size_t listed_max = 5;
  if (points.size() <= listed_max) return listed(points) + ' ' + crossed(terms, points, breaching);
  const std::vector<Datapoint> newest(points.begin(), points.begin() + listed_max);
  return fmt::format("{}. The most recent datapoints{}: {}", crossed(terms, points, breaching),
                     breaching ? " which crossed the threshold" : "", listed(newest));
}

std::string headline(const AlarmTerms& terms) { return terms.band_id.empty() ? "Threshold Crossed" : "Thresholds Crossed"; }

}  // namespace

std::string reason_text(const AlarmTerms& terms, AlarmState from, AlarmState to, const std::vector<Datapoint>& range) {
  const auto n = static_cast<std::size_t>(terms.evaluation_periods);
  if (to == AlarmState::insufficient_data)
    return fmt::format("Insufficient Data: {} datapoint{} {} unknown.", n, plural(n), n == 1 ? "was" : "were");
  const std::vector<Datapoint> points = considered(terms, range);
  const std::size_t fill = fills(terms) ? n - points.size() : 0;
  const std::string head = headline(terms);
  if (points.empty())
    return fmt::format("{}: no datapoints were received for {} period{} and {}.", head, n, plural(n), missing_words(terms, fill));
  const bool breaching = to == AlarmState::alarm;
  std::vector<Datapoint> telling;
  std::copy_if(points.begin(), points.end(), std::back_inserter(telling),
               [&](const Datapoint& each) { return breaches(terms, each) == breaching; });
  if (telling.empty() && fill > 0) return fmt::format("{}: {}.", head, missing_words(terms, fill));
  const auto m = static_cast<std::size_t>(terms.datapoints_to_alarm);
  // OK for want of breaching points: they are too few, and nothing else came [open]
  if (telling.empty())
    return fmt::format("{}: {} out of the last {} datapoints {} (minimum {} datapoint{} for OK -> ALARM transition).", head, points.size(),
                       points.size(), told(terms, points, true), m, plural(m));
  const std::string words = told(terms, telling, breaching);
  const std::string short_form = fmt::format("{}: {} datapoint{} {}", head, telling.size(), plural(telling.size()), words);
  if (fill > 0) return fmt::format("{} and {}.", short_form, missing_words(terms, fill));
  // the number of datapoints is told when it was given, and of every change between OK and ALARM
  if (from == AlarmState::insufficient_data && !terms.counts_given) return short_form + '.';
  const std::size_t least = breaching ? m : n - m + 1;
  return fmt::format("{}: {} out of the last {} datapoints {} (minimum {} datapoint{} for {} transition).", head, telling.size(),
                     points.size(), words, least, plural(least), breaching ? "OK -> ALARM" : "ALARM -> OK");
}

std::string contributor_reason(const AlarmTerms& terms, AlarmState to, const std::vector<Datapoint>& range) {
  const bool breaching = to == AlarmState::alarm;
  std::vector<Datapoint> telling = considered(terms, range);
  std::erase_if(telling, [&](const Datapoint& each) { return breaches(terms, each) != breaching; });
  if (telling.empty()) return reason_text(terms, to, to, range);
  return fmt::format("Threshold Crossed: {} datapoint{} {}. The most recent datapoint which {} the threshold: {}.", telling.size(),
                     plural(telling.size()), crossed(terms, telling, breaching), breaching ? "crossed" : "did not cross",
                     listed({telling.front()}));
}

Document reason_data(const AlarmTerms& terms, const std::vector<Datapoint>& range, Instant now) {
  std::vector<Datapoint> points = considered(terms, range);
  Object data{{"version", "1.0"}, {"queryDate", to_iso_offset_ms(now)}};
  if (!points.empty()) data["startDate"] = to_iso_offset_ms(points.back().time);
  if (!terms.statistic.empty()) data["statistic"] = terms.statistic;
  data["period"] = terms.period_s;
  Array recent, evaluated;
  // where nothing came, the periods that were looked at are told
  const auto n = std::min(range.size(), static_cast<std::size_t>(terms.evaluation_periods));
  if (points.empty())
    for (std::size_t i = 0; i < n; ++i) evaluated.emplace_back(Object{{"timestamp", to_iso_offset_ms(range[range.size() - 1 - i].time)}});
  for (const Datapoint& point : points) {
    Object each{{"timestamp", to_iso_offset_ms(point.time)}};
    if (point.sample_count) each["sampleCount"] = *point.sample_count;
    each["value"] = *point.value;
    evaluated.emplace_back(std::move(each));
    recent.insert(recent.begin(), Document(*point.value));
  }
  data["recentDatapoints"] = std::move(recent);
  if (terms.band_id.empty()) {
    data["threshold"] = terms.threshold;
  } else {
    Array lower, upper;
    for (auto point = points.rbegin(); point != points.rend(); ++point) {
      lower.emplace_back(point->lower.value_or(0));
      upper.emplace_back(point->upper.value_or(0));
    }
    data["recentLowerThresholds"] = std::move(lower);
    data["recentUpperThresholds"] = std::move(upper);
  }
  // what is told of an alarm has at most 4,000 characters
  constexpr std::size_t evaluated_max = 20, recent_max = 100;
  if (evaluated.size() > evaluated_max) evaluated.erase(evaluated.begin() + evaluated_max, evaluated.end());
  if (Array& all = data["recentDatapoints"].as_array(); all.size() > recent_max)
    all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(recent_max));
  if (!evaluated.empty()) data["evaluatedDatapoints"] = std::move(evaluated);
  return data;
}

}  // namespace tocsin::detect
