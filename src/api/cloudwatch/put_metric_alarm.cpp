// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
#include <boost/json.hpp>
#include <cmath>

#include "api/cloudwatch/alarm_input.h"
#include "api/cloudwatch/operations.h"
#include "api/cloudwatch/queries.h"
#include "api/cloudwatch/reply.h"
#include "telemetry/metrics/insights/insights_query.h"
#include "telemetry/metrics/retention.h"
#include "telemetry/promql/promql_expression.h"

namespace tocsin::api::cloudwatch {
namespace {

constexpr const char* metric_members[] = {"MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Dimensions", "Period", "Unit"};
constexpr const char* evaluation_members[] = {"EvaluationPeriods",
                                              "DatapointsToAlarm",
                                              "Threshold",
                                              "ThresholdMetricId",
                                              "ComparisonOperator",
                                              "TreatMissingData",
                                              "EvaluateLowSampleCountPercentile",
                                              "Metrics",
                                              "EvaluationWindow",
                                              "WarmUpConfiguration"};
constexpr const char* action_lists[] = {"OKActions", "AlarmActions", "InsufficientDataActions"};

bool has(const Call& call, std::string_view member) { return find(call.input, member) != nullptr; }
bool is_alarm_period(std::int64_t period_s) { return period_s >= 10 && is_period(period_s); }

auto null_member(std::string_view member) { return validation_error(std::string(member) + " must not be null"); }

Checked<void> check_single_metric(const Call& call) {
  for (const char* member : {"MetricName", "Namespace", "Period"})
    if (!has(call, member)) return null_member(member);
  if (has(call, "ThresholdMetricId")) return validation_error("ThresholdMetricId should not be set if list of Metrics is not set.");
  if (has(call, "Statistic") == has(call, "ExtendedStatistic"))
    return has(call, "Statistic") ? validation_error("You cannot specify both Statistic and ExtendedStatistic.")
                                  : validation_error("You must specify either Statistic or ExtendedStatistic.");
  if (const auto extended = text_at(call.input, "ExtendedStatistic")) {
    const auto statistic = telemetry::parse_statistic(*extended);
    if (!statistic || is_basic(*statistic))
      return validation_error("The value " + *extended + " for parameter ExtendedStatistic is not supported.");
  }
  if (!is_alarm_period(integer_or(call.input, "Period", 0))) return validation_error("Period must be 10, 20, 30 or a multiple of 60");
  return {};
}

/// Which of the queries the alarm watches, besides the band of an anomaly alarm.
Checked<void> check_watched(const Call& call, const std::vector<telemetry::MetricQuery>& queries) {
  const std::string band = text_or(call.input, "ThresholdMetricId");
  std::size_t watched = 0;
  bool has_band = false;
  for (const telemetry::MetricQuery& query : queries) {
    if (query.id == band && !band.empty())
      has_band = true;
    else
      watched += query.return_data;
    // the period of an expression is its own
    if (query.return_data && query.id != band && query.period_s && !is_alarm_period(*query.period_s))
      return validation_error("Period must be 10, 20, 30 or a multiple of 60");
  }
  if (!band.empty() && !has_band) return validation_error("ThresholdMetricId " + band + " does not match any id in Metrics.");
  if (watched != 1) return validation_error("Exactly one element of the metrics list should return data.");
  return {};
}

Checked<void> check_metric_math(const Call& call) {
  for (const char* member : metric_members)
    if (has(call, member)) return validation_error(std::string(member) + " should not be set if list of Metrics is set.");
  auto queries = read_queries(call, array_at(call.input, "Metrics"), 20);
  if (!queries) return std::unexpected(queries.error());
  std::size_t metrics = 0;
  std::int64_t period_s = 0;
  for (const telemetry::MetricQuery& query : *queries) {
    if (!query.stat) continue;
    ++metrics;
    if (period_s != 0 && query.stat->period_s != period_s)
      return validation_error("All metrics in the expression must have the same Period.");
    period_s = query.stat->period_s;
  }
  if (metrics > 10) return validation_error("The collection Metrics must not contain more than 10 metrics.");
  if (period_s != 0 && period_s < 10) return validation_error("Period must be 10, 20, 30 or a multiple of 60");
  return check_watched(call, *queries);
}

Checked<void> check_threshold(const Call& call) {
  for (const char* member : {"EvaluationPeriods", "ComparisonOperator"})
    if (!has(call, member)) return null_member(member);
  const auto comparison = detect::parse_comparison(text_or(call.input, "ComparisonOperator"));
  const bool by_band = comparison == detect::Comparison::outside_band || comparison == detect::Comparison::below_band ||
                       comparison == detect::Comparison::above_band;
  if (has(call, "ThresholdMetricId") && has(call, "Threshold"))
    return validation_error("The parameters Threshold and ThresholdMetricId are mutually exclusive and you have specified both.");
  if (has(call, "ThresholdMetricId") != by_band)
    return by_band ? null_member("ThresholdMetricId")
                   : validation_error("The comparison operator " + text_or(call.input, "ComparisonOperator") +
                                      " is not supported for alarms based on anomaly detection models.");
  if (!by_band && !has(call, "Threshold")) return null_member("Threshold");
  if (const auto threshold = number_at(call.input, "Threshold"); threshold && !std::isfinite(*threshold))
    return validation_error("The value of parameter Threshold must be a finite number.");
  return {};
}

Checked<void> check_window(const detect::AlarmTerms& terms) {
  if (!terms.wall_clock) return {};
  constexpr std::int64_t periods[] = {60, 300, telemetry::hour_s, telemetry::day_s, 7 * telemetry::day_s};
  for (const std::int64_t period_s : periods)
    if (terms.period_s == period_s) return {};
  return validation_error("Period must be one of [60, 300, 3600, 86400, 604800] for alarms with a WallClockWindow");
}

Checked<void> check_span(const detect::AlarmTerms& terms) {
  const std::int64_t span_s = terms.period_s * terms.evaluation_periods;
  constexpr std::int64_t insights_span_max_s = 3 * telemetry::hour_s;
  const bool insights =
      terms.queries.size() == 1 && !terms.queries.front().stat && telemetry::is_insights_query(terms.queries.front().expression);
  if (insights && span_s + (terms.wall_clock ? terms.period_s : 0) > insights_span_max_s)
    return validation_error(
        "Metrics Insights queries cannot be checked across more than three hours (EvaluationPeriods * Period must be <= 10800).");
  if (terms.period_s < telemetry::hour_s && span_s > telemetry::day_s)
    return validation_error("Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).");
  if (span_s > 7 * telemetry::day_s)
    return validation_error("Metrics cannot be checked across more than seven days (EvaluationPeriods * Period must be <= 604800).");
  return {};
}

Checked<void> check_evaluation(const Call& call, const detect::AlarmTerms& terms) {
  if (terms.datapoints_to_alarm > terms.evaluation_periods)
    return validation_error("DatapointsToAlarm must be less than or equal to EvaluationPeriods");
  if (const auto missing = text_at(call.input, "TreatMissingData"); missing && !detect::parse_missing_data(*missing))
    return validation_error(
        "The value " + *missing +
        " is not supported for TreatMissingData parameter. Supported values are [breaching, notBreaching, ignore, missing].");
  if (const auto low = text_at(call.input, "EvaluateLowSampleCountPercentile"); low && *low != "evaluate" && *low != "ignore")
    return validation_error("Option " + *low +
                            " is not supported for EvaluateLowSampleCountPercentile parameter. Supported values are [evaluate, ignore].");
  if (auto span = check_span(terms); !span) return span;
  return check_window(terms);
}

Checked<void> check_promql(const Call& call) {
  for (const auto& members : {std::span<const char* const>(metric_members), std::span<const char* const>(evaluation_members)})
    for (const char* member : members)
      if (has(call, member) && std::string_view(member) != "TreatMissingData" && std::string_view(member) != "WarmUpConfiguration")
        return validation_error(std::string(member) + " should not be set if EvaluationCriteria is set.");
  const Document* promql = find(find(call.input, "EvaluationCriteria"), "PromQLCriteria");
  if (!promql) return null_member("EvaluationCriteria.PromQLCriteria");
  const auto interval_s = integer_at(call.input, "EvaluationInterval");
  if (!interval_s) return null_member("EvaluationInterval");
  if (!is_alarm_period(*interval_s)) return validation_error("EvaluationInterval must be 10, 20, 30 or a multiple of 60");
  const auto query = promql::parse_promql(text_or(*promql, "Query"));
  if (!query) return validation_error("Invalid PromQL query: " + query.error().message);
  if (query->type != promql::ValueType::vector) return validation_error("The PromQL query must return a result of vector type");
  return {};
}

void put_members(Object& definition, const Call& call, std::span<const char* const> members) {
  for (const char* member : members)
    if (const Document* value = find(call.input, member)) definition[member] = *value;
}

Object with_defaults(const Call& call) {
  Object definition;
  put_members(definition, call, std::initializer_list<const char*>{"AlarmName", "AlarmDescription", "ActionConfiguration"});
  put_members(definition, call, action_lists);
  const auto add_empty_lists = [&definition] {
    for (const char* list : action_lists)
      if (!definition.contains(list)) definition[list] = Array{};
  };
  if (has(call, "EvaluationCriteria")) {
    put_members(definition, call, std::initializer_list<const char*>{"EvaluationCriteria", "EvaluationInterval", "WarmUpConfiguration"});
    add_empty_lists();
    return definition;
  }
  put_members(definition, call, metric_members);
  put_members(definition, call, evaluation_members);
  add_empty_lists();
  const bool many = definition.contains("Metrics");
  if (!many && !definition.contains("Dimensions")) definition["Dimensions"] = Array{};
  if (!definition.contains("TreatMissingData")) definition["TreatMissingData"] = "missing";
  if (Document* metrics = definition.if_contains("Metrics"))
    for (Document& query : metrics->as_array())
      if (!find(query, "ReturnData")) query.as_object()["ReturnData"] = true;
  return definition;
}

Checked<void> check_kind(const Call& call) {
  if (has(call, "EvaluationCriteria")) return check_promql(call);
  if (has(call, "EvaluationInterval")) return validation_error("EvaluationInterval should not be set if EvaluationCriteria is not set.");
  if (auto checked = array_at(call.input, "Metrics").empty() ? check_single_metric(call) : check_metric_math(call); !checked)
    return checked;
  return check_threshold(call);
}

}  // namespace

Reply put_metric_alarm(Alarms& alarms, const Call& call) {
  if (auto name = check_name(call); !name) return std::unexpected(name.error());
  if (auto kind = check_kind(call); !kind) return std::unexpected(kind.error());
  if (auto told = check_action_configuration(call); !told) return std::unexpected(told.error());
  const Document definition = with_defaults(call);
  const auto terms = detect::parse_terms(definition);
  if (!terms) return to_service_error(terms.error());
  if (auto evaluation = terms->promql ? Checked<void>() : check_evaluation(call, *terms); !evaluation)
    return std::unexpected(evaluation.error());
  const ActionsOf of = terms->promql ? ActionsOf::promql : terms->many_series ? ActionsOf::series : ActionsOf::metric;
  if (auto actions = check_actions(call, of); !actions) return std::unexpected(actions.error());
  const auto tags = read_tags(call.input);
  if (!tags) return std::unexpected(tags.error());
  if (auto put = alarms.put_metric(call.scope, definition, truth_or(call.input, "ActionsEnabled", true), *tags); !put)
    return to_service_error(put.error());
  return Object{};
}

}  // namespace tocsin::api::cloudwatch
