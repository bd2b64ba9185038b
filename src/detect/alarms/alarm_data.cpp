#include "detect/alarms/alarm_data.h"

#include <algorithm>

#include "detect/alarms/promql_source.h"
#include "telemetry/metrics/insights/insights_run.h"
#include "telemetry/promql/promql_evaluator.h"

namespace tocsin::detect {
namespace {

constexpr std::size_t series_max = 500;

std::int64_t length_s(Instant from, Instant to) { return std::chrono::duration_cast<std::chrono::seconds>(to - from).count(); }

bool all_as_long(const AlarmTerms& terms, const std::vector<Instant>& bounds) {
  if (!terms.wall_clock) return true;
  for (std::size_t i = 1; i < bounds.size(); ++i)
    if (length_s(bounds[i - 1], bounds[i]) != terms.period_s) return false;
  return true;
}

/// Days of 23 and 25 hours are periods of their own length.
AlarmTerms with_period(const AlarmTerms& terms, std::int64_t period_s) {
  AlarmTerms changed = terms;
  changed.period_s = period_s;
  for (telemetry::MetricQuery& query : changed.queries) {
    if (query.stat) query.stat->period_s = period_s;
    if (query.period_s) query.period_s = period_s;
  }
  return changed;
}

std::size_t index_of(std::span<const Instant> bounds, Instant time) {
  const auto after = std::upper_bound(bounds.begin(), bounds.end(), time);
  return after == bounds.begin() ? 0 : std::min<std::size_t>(static_cast<std::size_t>(after - bounds.begin()) - 1, bounds.size() - 2);
}

}  // namespace

void MetricAlarmData::add_metric(const Scope& scope, const AlarmTerms& terms, std::span<const Instant> bounds, std::span<Datapoint> range) {
  const telemetry::MetricStat& stat = *terms.queries.front().stat;
  for (const telemetry::PeriodAggregate& each : metrics_.read({.scope = scope,
                                                .metric = stat.metric,
                                                .unit = stat.unit,
                                                .start = bounds.front(),
                                                .end = bounds.back(),
                                                .period_s = stat.period_s})) {
    Datapoint& entry = range[index_of(bounds, each.start)];
    entry.value = telemetry::compute(stat.statistic, each.aggregate);
    entry.sample_count = each.aggregate.count;
  }
}

Result<void> MetricAlarmData::add_math(const Scope& scope, const AlarmTerms& terms, std::span<const Instant> bounds,
                                       std::span<Datapoint> range) {
  auto results = telemetry::run_queries(metrics_, scope, terms.queries, bounds.front(), bounds.back(), sources_);
  if (!results) return std::unexpected(results.error());
  bool lower = true;  // the band's edges come as two results of one id, the lower first
  for (const telemetry::QueryResult& result : *results) {
    if (!terms.band_id.empty() && result.id == terms.band_id) {
      for (const telemetry::TimeValue& point : result.points)
        (lower ? range[index_of(bounds, point.time)].lower : range[index_of(bounds, point.time)].upper) = point.value;
      lower = false;
    } else if (result.id == terms.result_id) {
      for (const telemetry::TimeValue& point : result.points) range[index_of(bounds, point.time)].value = point.value;
    }
  }
  if (!terms.band_id.empty())
    for (Datapoint& point : range) {
      if (point.lower && point.upper && *point.lower > *point.upper) std::swap(point.lower, point.upper);
      if (!point.lower || !point.upper) point.value = std::nullopt;
    }
  return {};
}

Result<std::vector<Datapoint>> MetricAlarmData::datapoints(const Scope& scope, const AlarmTerms& terms,
                                                           const std::vector<Instant>& bounds) {
  std::vector<Datapoint> range(bounds.size() - 1);
  for (std::size_t i = 0; i < range.size(); ++i) range[i].time = bounds[i];
  const auto add = [&](const AlarmTerms& part_terms, std::span<const Instant> part_bounds, std::span<Datapoint> part) -> Result<void> {
    if (part_terms.metric_math) return add_math(scope, part_terms, part_bounds, part);
    return add_metric(scope, part_terms, part_bounds, part), Result<void>{};
  };
  if (all_as_long(terms, bounds)) {
    if (auto added = add(terms, bounds, range); !added) return std::unexpected(added.error());
    return range;
  }
  for (std::size_t i = 0; i < range.size(); ++i) {
    const AlarmTerms part = with_period(terms, length_s(bounds[i], bounds[i + 1]));
    if (auto added = add(part, std::span(bounds).subspan(i, 2), std::span(range).subspan(i, 1)); !added)
      return std::unexpected(added.error());
  }
  return range;
}

Result<ManySeries> MetricAlarmData::series(const Scope& scope, const AlarmTerms& terms, const std::vector<Instant>& bounds) {
  const auto query = std::find_if(terms.queries.begin(), terms.queries.end(), [&](const auto& each) { return each.id == terms.result_id; });
  auto parsed = telemetry::parse_insights(query->expression);
  if (!parsed) return std::unexpected(parsed.error());
  const auto answer = telemetry::run_insights(metrics_, scope, *parsed, bounds.front(), bounds.back(), terms.period_s);
  ManySeries many;
  many.partial = answer.metrics_exceeded || answer.series_exceeded;
  for (const telemetry::InsightsSeries& found : answer.series) {
    SeriesPoints each{{}, std::vector<Datapoint>(bounds.size() - 1)};
    for (std::size_t i = 0; i < parsed->group_by.size() && i < found.group.size(); ++i) {
      const telemetry::InsightsKey& key = parsed->group_by[i];
      each.attributes[key.kind == telemetry::InsightsKey::Kind::account ? "AWS.AccountId" : key.name] = found.group[i];
    }
    for (std::size_t i = 0; i < each.range.size(); ++i) each.range[i].time = bounds[i];
    for (const auto& [time, value] : found.points) each.range[index_of(bounds, time)].value = value;
    many.series.push_back(std::move(each));
  }
  return many;
}

Result<ManySeries> MetricAlarmData::promql(const Scope& scope, const AlarmTerms& terms, Instant at) {
  constexpr std::size_t parsed_max = 10'000;
  if (parsed_.size() > parsed_max) parsed_.clear();
  auto& expr = parsed_[terms.promql->query];
  if (!expr) {
    auto parsed = promql::parse_promql(terms.promql->query);
    if (!parsed) return std::unexpected(parsed.error());
    expr = std::make_shared<const promql::Expr>(std::move(*parsed));
  }
  MetricSeriesSource source(metrics_, scope);
  const auto answer = promql::evaluate_promql(*expr, source, to_ms(at));
  if (!answer) return std::unexpected(answer.error());
  ManySeries many;
  for (const promql::Element& element : answer->vector) {
    if (many.series.size() == series_max) {
      many.partial = true;
      break;
    }
    many.series.push_back({{element.labels.begin(), element.labels.end()}, {}});
  }
  return many;
}

}  // namespace tocsin::detect
