#include "detect/alarms/alarm.h"

#include <boost/json.hpp>

#include "telemetry/metrics/insights/insights_query.h"
#include "telemetry/metrics/retention.h"

namespace tocsin::detect {
namespace {

telemetry::Statistic statistic_or_average(std::string_view name) {
  return telemetry::parse_statistic(name).value_or(telemetry::Statistic{});
}

telemetry::MetricId metric_of(const Document& document) {
  telemetry::MetricId metric{text_or(document, "Namespace"), text_or(document, "MetricName"), {}};
  for (const Document& dimension : array_at(document, "Dimensions"))
    metric.dimensions.emplace_back(text_or(dimension, "Name"), text_or(dimension, "Value"));
  return metric;
}

void parse_single_metric(const Document& definition, AlarmTerms& terms) {
  terms.statistic = text_at(definition, "ExtendedStatistic").value_or(text_or(definition, "Statistic"));
  terms.period_s = integer_or(definition, "Period", 60);
  terms.result_id = "m1";
  telemetry::MetricQuery query{.id = "m1", .stat = telemetry::MetricStat{}, .expression = {}, .label = {}, .period_s = {}};
  *query.stat = {metric_of(definition), terms.period_s, statistic_or_average(terms.statistic), text_at(definition, "Unit")};
  terms.queries.push_back(std::move(query));
}

/// Whether it is a Metrics Insights query that gives one series for each group.
bool groups_series(std::string_view expression) {
  if (!telemetry::is_insights_query(expression)) return false;
  const auto query = telemetry::parse_insights(expression);
  return query && !query->group_by.empty();
}

Result<void> parse_metric_math(const Document& definition, AlarmTerms& terms) {
  terms.metric_math = true;
  for (const Document& each : array_at(definition, "Metrics")) {
    auto query = parse_metric_query(each);
    if (!query) return std::unexpected(query.error());
    if (query->stat) terms.period_s = query->stat->period_s;
    if (query->return_data && query->id != terms.band_id) terms.result_id = query->id;
    if (query->return_data && groups_series(query->expression)) terms.many_series = true;
    terms.queries.push_back(std::move(*query));
  }
  for (const telemetry::MetricQuery& query : terms.queries)
    if (query.id == terms.result_id && query.period_s) terms.period_s = *query.period_s;
  return {};
}

void parse_promql(const Document& criteria, const Document& definition, AlarmTerms& terms) {
  terms.promql = std::make_shared<const PromQlTerms>(
      PromQlTerms{text_or(criteria, "Query"), integer_or(criteria, "PendingPeriod", 0), integer_or(criteria, "RecoveryPeriod", 0)});
  terms.interval_s = terms.period_s = integer_or(definition, "EvaluationInterval", 60);
}

std::optional<double> samples_min(const AlarmTerms& terms) {
  const auto statistic = telemetry::parse_statistic(terms.statistic);
  if (!statistic || statistic->kind != telemetry::StatisticKind::percentile) return std::nullopt;
  const double p = statistic->percentile / 100;
  if (p <= 0 || p >= 1) return 1;
  return p >= 0.5 ? 10 / (1 - p) : 10 / p;
}

}  // namespace

std::optional<MissingData> parse_missing_data(std::string_view text) {
  if (text == "missing") return MissingData::missing;
  if (text == "ignore") return MissingData::ignore;
  if (text == "breaching") return MissingData::breaching;
  if (text == "notBreaching") return MissingData::not_breaching;
  return std::nullopt;
}

std::optional<Comparison> parse_comparison(std::string_view text) {
  if (text == "GreaterThanOrEqualToThreshold") return Comparison::greater_or_equal;
  if (text == "GreaterThanThreshold") return Comparison::greater;
  if (text == "LessThanThreshold") return Comparison::less;
  if (text == "LessThanOrEqualToThreshold") return Comparison::less_or_equal;
  if (text == "LessThanLowerOrGreaterThanUpperThreshold") return Comparison::outside_band;
  if (text == "LessThanLowerThreshold") return Comparison::below_band;
  if (text == "GreaterThanUpperThreshold") return Comparison::above_band;
  return std::nullopt;
}

std::optional<AlarmState> parse_alarm_state(std::string_view text) {
  if (text == "OK") return AlarmState::ok;
  if (text == "ALARM") return AlarmState::alarm;
  if (text == "INSUFFICIENT_DATA") return AlarmState::insufficient_data;
  return std::nullopt;
}

Result<telemetry::MetricQuery> parse_metric_query(const Document& document) {
  telemetry::MetricQuery query{.id = text_or(document, "Id"),
                               .stat = {},
                               .expression = text_or(document, "Expression"),
                               .label = text_or(document, "Label"),
                               .return_data = truth_or(document, "ReturnData", true),
                               .period_s = integer_at(document, "Period")};
  const Document* stat = find(document, "MetricStat");
  if (!stat) return query;
  const auto statistic = telemetry::parse_statistic(text_or(*stat, "Stat"));
  if (!statistic) return fail(ErrorKind::invalid, "MetricStat.Stat is not a valid statistic.", "Stat");
  const Document* metric = find(*stat, "Metric");
  query.stat = telemetry::MetricStat{metric ? metric_of(*metric) : telemetry::MetricId{}, integer_or(*stat, "Period", 60), *statistic,
                                     text_at(*stat, "Unit")};
  return query;
}

Result<AlarmTerms> parse_terms(const Document& definition) {
  AlarmTerms terms;
  if (const Document* criteria = find(find(definition, "EvaluationCriteria"), "PromQLCriteria")) {
    parse_promql(*criteria, definition, terms);
    return terms;
  }
  terms.band_id = text_or(definition, "ThresholdMetricId");
  if (array_at(definition, "Metrics").empty())
    parse_single_metric(definition, terms);
  else if (auto parsed = parse_metric_math(definition, terms); !parsed)
    return std::unexpected(parsed.error());
  terms.evaluation_periods = integer_or(definition, "EvaluationPeriods", 1);
  terms.datapoints_to_alarm = integer_or(definition, "DatapointsToAlarm", terms.evaluation_periods);
  terms.counts_given = find(definition, "DatapointsToAlarm") != nullptr;
  terms.threshold = number_at(definition, "Threshold").value_or(0);
  const auto comparison = parse_comparison(text_or(definition, "ComparisonOperator"));
  if (!comparison) return fail(ErrorKind::invalid, "The comparison operator is not offered.", "ComparisonOperator");
  terms.comparison = *comparison;
  terms.missing = parse_missing_data(text_or(definition, "TreatMissingData", "missing")).value_or(MissingData::missing);
  // DynamoDB reports only what happened, so silence says nothing
  if (text_or(definition, "Namespace") == "AWS/DynamoDB") terms.missing = MissingData::ignore;
  if (text_or(definition, "EvaluateLowSampleCountPercentile") == "ignore") terms.samples_min = samples_min(terms);
  if (const Document* window = find(find(definition, "EvaluationWindow"), "WallClockWindow")) {
    auto clock = WallClock::parse(text_or(*window, "Timezone", "UTC"));
    if (!clock) return std::unexpected(clock.error());
    terms.wall_clock = std::make_shared<const WallClock>(std::move(*clock));
  }
  return terms;
}

std::int64_t cadence_s(const AlarmTerms& terms) {
  if (terms.promql) return terms.interval_s < 60 ? 10 : 60;
  if (terms.period_s < 60) return 10;
  return terms.period_s * terms.evaluation_periods > telemetry::day_s ? telemetry::hour_s : 60;
}

bool is_due(const AlarmTerms& terms, Instant at) { return terms.interval_s == 0 || to_seconds(at) % terms.interval_s == 0; }

std::int64_t evaluation_range(const AlarmTerms& terms) { return terms.evaluation_periods + (terms.wall_clock ? 0 : 2); }

std::vector<Instant> window_bounds(const AlarmTerms& terms, Instant at) {
  const auto count = static_cast<std::size_t>(evaluation_range(terms));
  std::vector<Instant> bounds(count + 1);
  bounds[count] = terms.wall_clock ? terms.wall_clock->period_start(at, terms.period_s) : at;
  for (std::size_t i = count; i > 0; --i)
    bounds[i - 1] = terms.wall_clock ? terms.wall_clock->period_start(bounds[i] - Duration{1}, terms.period_s)
                                     : bounds[i] - std::chrono::seconds(terms.period_s);
  return bounds;
}

bool breaches(const AlarmTerms& terms, const Datapoint& point) {
  const double value = *point.value;
  switch (terms.comparison) {
    case Comparison::greater_or_equal:
      return value >= terms.threshold;
    case Comparison::greater:
      return value > terms.threshold;
    case Comparison::less:
      return value < terms.threshold;
    case Comparison::less_or_equal:
      return value <= terms.threshold;
    case Comparison::outside_band:
      return value < point.lower.value_or(value) || value > point.upper.value_or(value);
    case Comparison::below_band:
      return value < point.lower.value_or(value);
    case Comparison::above_band:
      return value > point.upper.value_or(value);
  }
  return false;
}

}  // namespace tocsin::detect
