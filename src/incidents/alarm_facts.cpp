#include "incidents/alarm_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <vector>

#include "base/text_time.h"

namespace tocsin::incidents {
namespace {

struct Datapoint {
  Instant at;
  double value;
};

std::string metric_name(const Document& detail) {
  for (const Document& metric : array_at(object_at(detail, "configuration"), "metrics")) {
    const Object& named = object_at(object_at(metric, "metricStat"), "metric");
    if (!named.empty()) return text_or(named, "namespace") + '/' + text_or(named, "name");
  }
  return {};
}

// newest last
std::vector<Datapoint> evaluated_datapoints(const Document& reason) {
  std::vector<Datapoint> out;
  for (const Document& point : array_at(reason, "evaluatedDatapoints")) {
    const auto at = parse_rfc3339(text_or(point, "timestamp"));
    const auto value = number_at(point, "value");
    if (at && value) out.push_back({*at, *value});
  }
  std::ranges::sort(out, {}, &Datapoint::at);
  return out;
}

void read_recent(AlarmFacts& facts, const Document& reason) {
  const Array& recent = array_at(reason, "recentDatapoints");
  if (!facts.value && !recent.empty()) facts.value = as_number(recent.back());
  if (const auto start = parse_rfc3339(text_or(reason, "startDate")); start && !facts.first_bad && facts.value) {
    facts.first_bad = start;
    facts.first_bad_text = fmt::format("the datapoint of {} was {}", to_rfc3339(*start), number_in_words(*facts.value));
  }
}

// which side of the threshold is bad is told by the newest point, since it made the alarm
void read_points(AlarmFacts& facts, const std::vector<Datapoint>& points) {
  if (points.empty()) return;
  facts.value = points.back().value;
  if (!facts.threshold || facts.state != "ALARM") return;
  const bool bad_above = *facts.value >= *facts.threshold;
  std::vector<double> good;
  for (const Datapoint& point : points) {
    const bool bad = bad_above ? point.value >= *facts.threshold : point.value <= *facts.threshold;
    if (!bad) good.push_back(point.value);
    if (!bad || facts.first_bad) continue;
    facts.first_bad = point.at;
    facts.first_bad_text = fmt::format("the datapoint of {} was {}", to_rfc3339(point.at), number_in_words(point.value));
  }
  if (good.empty()) return;
  std::ranges::sort(good);
  facts.normal = good[good.size() / 2];
}

void read_reason_data(AlarmFacts& facts, const Document& state) {
  const auto reason = parse_json(text_or(state, "reasonData"));
  if (!reason) return;
  facts.threshold = number_at(*reason, "threshold");
  read_points(facts, evaluated_datapoints(*reason));
  read_recent(facts, *reason);
}

}  // namespace

std::optional<AlarmFacts> alarm_facts(const Document& event) {
  const Document* inner = find(event, "detail");
  const Document& detail = inner ? *inner : event;
  AlarmFacts facts;
  facts.name = text_or(detail, "alarmName");
  if (facts.name.empty()) return std::nullopt;
  const Object& state = object_at(detail, "state");
  facts.state = text_or(state, "value");
  facts.reason = text_or(state, "reason");
  facts.metric = metric_name(detail);
  facts.changed = parse_rfc3339(text_or(state, "timestamp"));
  read_reason_data(facts, state);
  return facts;
}

std::optional<AlarmFacts> alarm_facts(std::string_view json_text) {
  const auto parsed = parse_json(json_text);
  return parsed ? alarm_facts(*parsed) : std::nullopt;
}

std::string number_in_words(double value) {
  std::string text = fmt::format("{:.3f}", value);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string value_in_words(const AlarmFacts& facts) {
  if (!facts.value) return {};
  std::string text = number_in_words(*facts.value);
  if (facts.threshold && facts.normal)
    return text + fmt::format(" (threshold {}, normal {})", number_in_words(*facts.threshold), number_in_words(*facts.normal));
  if (facts.threshold) return text + fmt::format(" (threshold {})", number_in_words(*facts.threshold));
  return text;
}

}  // namespace tocsin::incidents
