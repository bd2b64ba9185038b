#include "telemetry/logs/metric_filters/metric_filter_counts.h"

#include <algorithm>
#include <cmath>

namespace tocsin::telemetry {
namespace {

constexpr std::int64_t minute_ms = 60'000, hour_ms = 3'600'000;
constexpr std::int64_t wait_for_late_ms = 10'000;
constexpr std::int64_t remember_ms = 30 * minute_ms;
constexpr std::size_t dimension_value_length_max = 1024;

std::optional<double> value_of(const MetricFilter& filter, const MessageView& message) {
  if (filter.constant) return filter.constant;
  const auto text = filter.value->value(message);
  const auto number = text ? number_in(*text) : std::nullopt;
  return number && std::fabs(*number) <= 0x1p360 ? number : std::nullopt;
}

std::optional<Dimensions> dimensions_of(const MetricFilter& filter, const MessageView& message) {
  Dimensions dimensions = filter.system_dimensions;
  for (const auto& [name, selector] : filter.dimensions) {
    auto value = selector.value(message);
    if (!value || value->empty()) return std::nullopt;
    if (value->size() > dimension_value_length_max) value->resize(dimension_value_length_max);
    dimensions.emplace_back(name, std::move(*value));
  }
  std::sort(dimensions.begin(), dimensions.end());
  return dimensions;
}

}  // namespace

void MetricFilterCounts::add(const MetricFilter& filter, const FilteredEvent& event, std::int64_t now_ms,
                             std::vector<MetricPoint>& points) {
  const bool matched = filter.pattern.matches(event.message);
  if (filter.default_value) note(event.time_ms / minute_ms, matched, now_ms);
  if (!matched) return;
  const auto value = value_of(filter, event.message);
  auto dimensions = value ? dimensions_of(filter, event.message) : std::nullopt;
  if (!dimensions) return;
  if (!filter.dimensions.empty()) {
    if (now_ms / hour_ms != combinations_hour_) combinations_.clear();
    combinations_hour_ = now_ms / hour_ms;
    combinations_.insert(*dimensions);
    if (too_many_combinations()) return;
  }
  points.push_back({.metric = {filter.metric_namespace, filter.metric_name, std::move(*dimensions)},
                    .unit = filter.unit,
                    .time = instant_from_ms(event.time_ms),
                    .sample = *value});
}

void MetricFilterCounts::note(std::int64_t minute, bool matched, std::int64_t now_ms) {
  Minute& seen = minutes_[minute];
  seen.matched = seen.matched || matched;
  seen.last_seen_ms = now_ms;
}

void MetricFilterCounts::add_defaults(const MetricFilter& filter, std::int64_t now_ms, bool to_the_end, std::vector<MetricPoint>& points) {
  for (auto at = minutes_.begin(); at != minutes_.end();) {
    Minute& minute = at->second;
    const std::int64_t over_ms = std::max((at->first + 1) * minute_ms, minute.last_seen_ms) + wait_for_late_ms;
    if (filter.default_value && !minute.matched && !minute.given && (to_the_end || now_ms >= over_ms)) {
      minute.given = true;
      points.push_back({.metric = {filter.metric_namespace, filter.metric_name, filter.system_dimensions},
                        .unit = filter.unit,
                        .time = instant_from_ms(at->first * minute_ms),
                        .sample = *filter.default_value});
    }
    at = now_ms >= over_ms + remember_ms ? minutes_.erase(at) : std::next(at);
  }
}

}  // namespace tocsin::telemetry
