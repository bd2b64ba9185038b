#include "telemetry/metrics/series_dictionary.h"

#include <algorithm>

#include "telemetry/metrics/key_parts.h"

namespace tocsin::telemetry {
namespace {
std::string next_part(std::string_view& key) {
  const auto end = key.find(key_part_end);
  std::string part(key.substr(0, end));
  key.remove_prefix(end == std::string_view::npos ? key.size() : end + 1);
  return part;
}
}  // namespace

std::string metric_key_prefix(const Scope& scope, const std::optional<std::string>& metric_namespace) {
  std::string key;
  append_key_part(key, scope.account);
  append_key_part(key, scope.region);
  if (metric_namespace) append_key_part(key, *metric_namespace);
  return key;
}

std::string metric_key(const Scope& scope, const MetricId& metric) {
  std::string key;
  key.reserve(128);
  append_key_part(key, scope.account);
  append_key_part(key, scope.region);
  append_key_part(key, metric.metric_namespace);
  append_key_part(key, metric.name);
  const auto append_all = [&key](const Dimensions& dimensions) {
    for (const auto& [name, value] : dimensions) {
      append_key_part(key, name);
      append_key_part(key, value);
    }
  };
  if (std::is_sorted(metric.dimensions.begin(), metric.dimensions.end())) {
    append_all(metric.dimensions);
  } else {
    Dimensions sorted = metric.dimensions;
    std::sort(sorted.begin(), sorted.end());
    append_all(sorted);
  }
  return key;
}

std::string series_key(std::string metric_key, std::string_view unit) {
  metric_key += key_unit_begin;
  metric_key += unit;
  return metric_key;
}

MetricId metric_of_key(std::string_view key) {
  next_part(key);
  next_part(key);
  MetricId metric;
  metric.metric_namespace = next_part(key);
  metric.name = next_part(key);
  while (!key.empty()) {
    std::string name = next_part(key);
    metric.dimensions.emplace_back(std::move(name), next_part(key));
  }
  return metric;
}

Series* SeriesDictionary::find(std::string_view key) {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : found->second;
}

Series* SeriesDictionary::of_id(std::uint32_t id) { return id < by_id_.size() ? by_id_[id] : nullptr; }

Series& SeriesDictionary::add(std::string key, std::optional<std::uint32_t> id) {
  Series& series = all_.emplace_back();
  series.id = id.value_or(next_id_);
  next_id_ = std::max(next_id_, series.id + 1);
  series.key = std::move(key);
  series.key.shrink_to_fit();
  series.metric_key_size = static_cast<std::uint32_t>(std::min(series.key.find(key_unit_begin), series.key.size()));
  by_key_.emplace(series.key, &series);
  ordered_.insert(&series);
  if (by_id_.size() <= series.id) by_id_.resize(series.id + 1);
  by_id_[series.id] = &series;
  return series;
}

std::vector<Series*> SeriesDictionary::units_of(std::string_view metric_key) const {
  std::vector<Series*> units;
  const std::string from = series_key(std::string(metric_key), {});
  for (auto at = ordered_.lower_bound(std::string_view(from)); at != ordered_.end() && (*at)->metric_key() == metric_key; ++at)
    units.push_back(*at);
  return units;
}

}  // namespace tocsin::telemetry
