#include "telemetry/metrics/insights/insights_run.h"

#include <algorithm>
#include <functional>
#include <map>

#include "telemetry/metrics/retention.h"

namespace tocsin::telemetry {
namespace {

constexpr std::size_t metrics_max = 10'000, page_size = 5'000;

using Periods = std::map<Instant, Aggregate>;

double value_of(InsightsFunction function, const Aggregate& aggregate) {
  switch (function) {
    case InsightsFunction::count:
      return aggregate.count;
    case InsightsFunction::max:
      return aggregate.maximum;
    case InsightsFunction::min:
      return aggregate.minimum;
    case InsightsFunction::sum:
      return aggregate.sum;
    case InsightsFunction::avg:
      break;
  }
  return aggregate.sum / aggregate.count;
}

/// One number of a series, for ORDER BY.
double key_of(InsightsFunction function, const InsightsSeries& series) {
  Aggregate all;
  for (const auto& [time, value] : series.points) {
    Aggregate one;
    one.add(value);
    all.merge(one);
  }
  return value_of(function, all);
}

/// Calls `visit` with each metric that the query asks for; false when there are too many.
bool each_metric(MetricStore& store, const Scope& scope, const InsightsQuery& query, Instant end,
                 const std::function<void(const MetricId&)>& visit) {
  ListRequest request{.scope = scope,
                      .metric_namespace = query.metric_namespace,
                      .name = query.metric_name,
                      .dimensions = {},
                      .seen_after = end - std::chrono::seconds(late_max_s),
                      .after_key = {},
                      .count_max = page_size};
  std::size_t count = 0;
  do {
    const MetricPage page = store.list(request);
    for (const MetricId& metric : page.metrics) {
      if (!query.matches(scope, metric)) continue;
      if (++count > metrics_max) return false;
      visit(metric);
    }
    request.after_key = page.next_key;
  } while (!request.after_key.empty());
  return true;
}

void order_series(const InsightsOrder& order, std::vector<InsightsSeries>& series) {
  std::vector<std::pair<double, std::size_t>> keys;
  for (std::size_t i = 0; i < series.size(); ++i) keys.emplace_back(key_of(order.by, series[i]), i);
  std::stable_sort(keys.begin(), keys.end(),
                   [&](const auto& a, const auto& b) { return order.descending ? a.first > b.first : a.first < b.first; });
  std::vector<InsightsSeries> ordered;
  for (const auto& [key, place] : keys) ordered.push_back(std::move(series[place]));
  series = std::move(ordered);
}

}  // namespace

InsightsAnswer run_insights(MetricStore& store, const Scope& scope, const InsightsQuery& query, Instant start, Instant end,
                            std::int64_t period_s) {
  InsightsAnswer answer;
  period_s = (std::max<std::int64_t>(period_s, 60) + 59) / 60 * 60;
  std::map<std::vector<std::string>, Periods> groups;
  if (query.group_by.empty()) groups[{}];
  answer.metrics_exceeded = !each_metric(store, scope, query, end, [&](const MetricId& metric) {
    Periods* group = nullptr;
    for (const PeriodAggregate& each :
         store.read({.scope = scope, .metric = metric, .unit = {}, .start = start, .end = end, .period_s = period_s})) {
      if (!group) group = &groups[query.group_of(scope, metric)];
      (*group)[each.start].merge(each.aggregate);
    }
  });
  for (auto& [group, periods] : groups) {
    InsightsSeries& series = answer.series.emplace_back(InsightsSeries{group, {}});
    for (const auto& [time, aggregate] : periods) series.points.emplace_back(time, value_of(query.function, aggregate));
  }
  if (query.order && answer.series.size() > 1) order_series(*query.order, answer.series);
  answer.series_exceeded = answer.series.size() > 500 && query.limit == 500;
  if (answer.series.size() > query.limit) answer.series.resize(query.limit);
  return answer;
}

}  // namespace tocsin::telemetry
