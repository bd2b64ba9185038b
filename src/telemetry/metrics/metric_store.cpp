#include "telemetry/metrics/metric_store.h"

#include "telemetry/metrics/key_parts.h"
#include "telemetry/metrics/series_dictionary.h"
#include "telemetry/metrics/statistic.h"

namespace tocsin::telemetry {

Result<void> MetricStore::put_values(const Scope& scope, std::span<const KeyedValue> values) {
  std::vector<MetricPoint> points;
  const std::string prefix = metric_key_prefix(scope);
  for (const KeyedValue& each : values) {
    const std::size_t unit_at = each.key.find(key_unit_begin);
    points.push_back({.metric = metric_of_key(prefix + std::string(each.key.substr(0, unit_at))),
                      .unit = std::string(each.key.substr(unit_at + 1)),
                      .time = instant_from_ms(each.time_ms),
                      .high_resolution = true,
                      .sample = each.value});
  }
  return put(scope, points);
}

std::vector<TimeValue> MetricStore::read_values(const ReadRequest& request, const Statistic& statistic) {
  std::vector<TimeValue> values;
  for (const PeriodAggregate& each : read(request))
    if (const auto value = compute(statistic, each.aggregate)) values.push_back({each.start, *value});
  return values;
}

}  // namespace tocsin::telemetry
