// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
#include <boost/json.hpp>

#include "api/cloudwatch/alarm_input.h"
#include "api/cloudwatch/operations.h"
#include "api/cloudwatch/queries.h"
#include "api/cloudwatch/reply.h"
#include "telemetry/metrics/retention.h"

namespace tocsin::api::cloudwatch {
namespace {

constexpr const char* kept_members[] = {"AlarmName",
                                        "AlarmDescription",
                                        "OKActions",
                                        "AlarmActions",
                                        "InsufficientDataActions",
                                        "MetricName",
                                        "Namespace",
                                        "Statistic",
                                        "ExtendedStatistic",
                                        "Dimensions",
                                        "Period",
                                        "Unit",
                                        "EvaluationPeriods",
                                        "DatapointsToAlarm",
                                        "Threshold",
                                        "ComparisonOperator",
                                        "TreatMissingData",
                                        "EvaluateLowSampleCountPercentile",
                                        "Metrics",
                                        "EvaluationWindow",
                                        "WarmUpConfiguration"};

bool has(const Call& call, std::string_view member) { return find(call.input, member) != nullptr; }

Checked<void> check_offered(const Call& call) {
  for (const char* member : {"ThresholdMetricId", "EvaluationCriteria", "EvaluationInterval", "ActionConfiguration"})
    if (has(call, member)) return not_offered(call.operation, member);
  const Document* wall_clock = find(find(call.input, "EvaluationWindow"), "WallClockWindow");
  if (wall_clock && text_or(*wall_clock, "Timezone", "UTC") != "UTC")
    return not_offered(call.operation, "EvaluationWindow.WallClockWindow.Timezone other than UTC");
  if (!detect::parse_comparison(text_or(call.input, "ComparisonOperator", "GreaterThanThreshold")))
    return not_offered(call.operation, "ComparisonOperator " + text_or(call.input, "ComparisonOperator"));
  return {};
}

Checked<void> check_single_metric(const Call& call) {
  for (const char* member : {"MetricName", "Namespace", "Period"})
    if (!has(call, member)) return validation_error(std::string(member) + " is required when Metrics is not specified.");
  if (has(call, "Statistic") == has(call, "ExtendedStatistic"))
    return has(call, "Statistic") ? validation_error("You cannot specify both Statistic and ExtendedStatistic.")
                                  : validation_error("You must specify either Statistic or ExtendedStatistic.");
  if (const auto extended = text_at(call.input, "ExtendedStatistic")) {
    const auto statistic = telemetry::parse_statistic(*extended);
    if (!statistic || is_basic(*statistic))
      return validation_error("The value " + *extended + " for parameter ExtendedStatistic is not supported.");
  }
  const std::int64_t period_s = integer_or(call.input, "Period", 0);
  if (period_s < 10 || !is_period(period_s)) return validation_error("Period must be 10, 20, 30 or a multiple of 60");
  return {};
}

Checked<void> check_metric_math(const Call& call) {
  for (const char* member : {"MetricName", "Namespace", "Dimensions", "Period", "Unit", "Statistic", "ExtendedStatistic"})
    if (has(call, member))
      return validation_error("The parameters Metrics and " + std::string(member) + " are mutually exclusive and you have specified both.");
  auto queries = read_queries(call.operation, array_at(call.input, "Metrics"), 20);
  if (!queries) return std::unexpected(queries.error());
  std::size_t returning = 0, metrics = 0;
  std::int64_t period_s = 0;
  for (const telemetry::MetricQuery& query : *queries) {
    returning += query.return_data;
    if (!query.stat) continue;
    ++metrics;
    if (period_s != 0 && query.stat->period_s != period_s)
      return validation_error("All metrics in the expression must have the same Period.");
    period_s = query.stat->period_s;
  }
  if (returning != 1) return validation_error("Exactly one element of the metrics list should return data.");
  if (metrics > 10) return validation_error("The collection Metrics must not contain more than 10 metrics.");
  if (period_s != 0 && period_s < 10) return validation_error("Period must be 10, 20, 30 or a multiple of 60");
  return {};
}

Checked<void> check_evaluation(const Call& call, const detect::AlarmTerms& terms) {
  if (terms.datapoints_to_alarm > terms.evaluation_periods)
    return validation_error("DatapointsToAlarm must not be greater than EvaluationPeriods.");
  if (const auto missing = text_at(call.input, "TreatMissingData"); missing && !detect::parse_missing_data(*missing))
    return validation_error(
        "The value " + *missing +
        " is not supported for TreatMissingData parameter. Supported values are [breaching, notBreaching, ignore, missing].");
  if (const auto low = text_at(call.input, "EvaluateLowSampleCountPercentile"); low && *low != "evaluate" && *low != "ignore")
    return validation_error("Option " + *low +
                            " is not supported for EvaluateLowSampleCountPercentile parameter. Supported values are [evaluate, ignore].");
  const std::int64_t span_s = terms.period_s * terms.evaluation_periods;
  if (terms.period_s < telemetry::hour_s && span_s > telemetry::day_s)
    return validation_error("Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).");
  if (span_s > 7 * telemetry::day_s)
    return validation_error("Metrics cannot be checked across more than seven days (EvaluationPeriods * Period must be <= 604800).");
  const bool clock_period = terms.period_s == 60 || terms.period_s == 300 || terms.period_s == telemetry::hour_s ||
                            terms.period_s == telemetry::day_s || terms.period_s == 7 * telemetry::day_s;
  if (terms.wall_clock && !clock_period) return validation_error("Period must be 60, 300, 3600, 86400 or 604800 with a WallClockWindow.");
  return {};
}

Object with_defaults(const Call& call) {
  Object definition;
  for (const char* member : kept_members)
    if (const Document* value = find(call.input, member)) definition[member] = *value;
  for (const char* list : {"OKActions", "AlarmActions", "InsufficientDataActions", "Dimensions"})
    if (!definition.contains(list)) definition[list] = Array{};
  if (!definition.contains("TreatMissingData")) definition["TreatMissingData"] = "missing";
  if (Document* metrics = definition.if_contains("Metrics"))
    for (Document& query : metrics->as_array())
      if (!find(query, "ReturnData")) query.as_object()["ReturnData"] = true;
  return definition;
}

}  // namespace

Reply put_metric_alarm(Alarms& alarms, const Call& call) {
  if (auto offered = check_offered(call); !offered) return std::unexpected(offered.error());
  for (const char* member : {"EvaluationPeriods", "ComparisonOperator", "Threshold"})
    if (!has(call, member)) return validation_error("The parameter " + std::string(member) + " is required.");
  auto checked = array_at(call.input, "Metrics").empty() ? check_single_metric(call) : check_metric_math(call);
  if (!checked) return std::unexpected(checked.error());
  if (auto actions = check_actions(call); !actions) return std::unexpected(actions.error());
  const Document definition = with_defaults(call);
  const auto terms = detect::parse_terms(definition);
  if (!terms) return to_service_error(terms.error());
  if (auto evaluation = check_evaluation(call, *terms); !evaluation) return std::unexpected(evaluation.error());
  const auto tags = read_tags(call.input);
  if (!tags) return std::unexpected(tags.error());
  if (auto put = alarms.put_metric(call.scope, definition, truth_or(call.input, "ActionsEnabled", true), *tags); !put)
    return to_service_error(put.error());
  return Object{};
}

}  // namespace tocsin::api::cloudwatch
