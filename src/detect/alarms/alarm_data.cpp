#include "detect/alarms/alarm_data.h"

#include <algorithm>

namespace tocsin::detect {

Result<std::vector<Datapoint>> MetricAlarmData::datapoints(const Scope& scope, const AlarmTerms& terms, Instant end) {
  const auto count = static_cast<std::size_t>(evaluation_range(terms));
  const std::chrono::seconds period(terms.period_s);
  const Instant start = end - period * static_cast<std::int64_t>(count);
  std::vector<Datapoint> range(count);
  for (std::size_t i = 0; i < count; ++i) range[i].time = start + period * static_cast<std::int64_t>(i);
  const auto entry_at = [&](Instant time) -> Datapoint& {
    return range[std::min(static_cast<std::size_t>((time - start) / period), count - 1)];
  };

  if (terms.metric_math) {
    auto results = telemetry::run_queries(metrics_, scope, terms.queries, start, end, sources_);
    if (!results) return std::unexpected(results.error());
    for (const telemetry::QueryResult& result : *results)
      if (result.id == terms.result_id)
        for (const telemetry::TimeValue& point : result.points) entry_at(point.time).value = point.value;
    return range;
  }
  const telemetry::MetricStat& stat = *terms.queries.front().stat;
  for (const telemetry::PeriodAggregate& each :
       metrics_.read({.scope = scope, .metric = stat.metric, .unit = stat.unit, .start = start, .end = end, .period_s = stat.period_s})) {
    Datapoint& entry = entry_at(each.start);
    entry.value = telemetry::compute(stat.statistic, each.aggregate);
    entry.sample_count = each.aggregate.count;
  }
  return range;
}

}  // namespace tocsin::detect
