// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
#include <boost/json.hpp>

#include "api/cloudwatch/operations.h"
#include "api/cloudwatch/reply.h"
#include "telemetry/metrics/statistic.h"

namespace tocsin::api::cloudwatch {
namespace {

using telemetry::Statistic;
constexpr std::int64_t datapoints_max = 1440;

struct Asked {
  std::vector<std::pair<std::string, Statistic>> basic, extended;
};

Checked<Asked> statistics_of(const Call& call) {
  Asked asked;
  for (const std::string& name : texts_at(call.input, "Statistics")) {
    const auto statistic = telemetry::parse_statistic(name);
    if (!statistic || !is_basic(*statistic)) return invalid_value("The value " + name + " for parameter Statistics is invalid.");
    asked.basic.emplace_back(name, *statistic);
  }
  for (const std::string& name : texts_at(call.input, "ExtendedStatistics")) {
    const auto statistic = telemetry::parse_statistic(name);
    if (!statistic || is_basic(*statistic)) return invalid_value("The value " + name + " for parameter ExtendedStatistics is invalid.");
    asked.extended.emplace_back(name, *statistic);
  }
  if (asked.basic.empty() && asked.extended.empty())
    return invalid_combination("At least one of the parameters Statistics and ExtendedStatistics must be specified.");
  return asked;
}

std::string with_commas(std::int64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

Checked<void> check_span(Instant start, Instant end, std::int64_t period_s) {
  if (start >= end) return invalid_combination("The parameter StartTime must be less than the parameter EndTime.");
  if (!is_period(period_s)) return invalid_value("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.");
  const std::int64_t count = (to_seconds(end) - to_seconds(start) + period_s - 1) / period_s;
  if (count <= datapoints_max) return {};
  return invalid_combination("You have requested up to " + with_commas(count) +
                             " datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested by increasing Period, "
                             "or decreasing the time range.");
}

Object datapoint(const telemetry::PeriodAggregate& period, const Asked& asked, const std::string& unit) {
  Object point{{"Timestamp", to_ns(period.start)}};
  for (const auto& [name, statistic] : asked.basic)
    if (const auto value = compute(statistic, period.aggregate)) point[name] = *value;
  point["Unit"] = unit;
  Object extended;
  for (const auto& [name, statistic] : asked.extended)
    if (const auto value = compute(statistic, period.aggregate)) extended[name] = *value;
  if (!extended.empty()) point["ExtendedStatistics"] = std::move(extended);
  return point;
}

}  // namespace

Reply get_metric_statistics(MetricStore& metrics, const Call& call) {
  const std::int64_t period_s = integer_or(call.input, "Period", 60);
  const Instant start = instant_from_ns(integer_or(call.input, "StartTime", 0)),
                end = instant_from_ns(integer_or(call.input, "EndTime", 0));
  const auto asked = statistics_of(call);
  if (!asked) return std::unexpected(asked.error());
  if (auto checked = check_span(start, end, period_s); !checked) return std::unexpected(checked.error());
  const telemetry::MetricId metric = metric_at(call.input);
  const auto only_unit = text_at(call.input, "Unit");
  Array datapoints;
  for (const std::string& unit : metrics.units(call.scope, metric)) {
    if (only_unit && unit != *only_unit) continue;
    for (const telemetry::PeriodAggregate& period : metrics.read({.scope = call.scope,
                                                    .metric = metric,
                                                    .unit = unit,
                                                    .start = rounded_start(start, period_s, call.now),
                                                    .end = end,
                                                    .period_s = period_s})) {
      Object point = datapoint(period, *asked, unit);
      // a period of which no asked statistic is known has no datapoint
      if (point.size() > 2) datapoints.emplace_back(std::move(point));
    }
  }
  return Object{{"Label", metric.name}, {"Datapoints", std::move(datapoints)}};
}

}  // namespace tocsin::api::cloudwatch
