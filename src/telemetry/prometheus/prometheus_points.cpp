#include "telemetry/prometheus/prometheus_points.h"

#include <algorithm>
#include <cmath>

#include "telemetry/metrics/key_parts.h"

namespace tocsin::telemetry {
namespace {
constexpr std::size_t dimensions_max = 30, value_bytes_max = 1024;
constexpr double magnitude_max = 0x1p360;
}  // namespace

namespace {

using Label = std::pair<std::string_view, std::string_view>;

void append_sorted(std::string& keys, std::span<const Label> labels) {
  std::size_t count = 0;
  for (const auto& [name, text] : labels) {
    if (name == "__name__" || text.empty()) continue;
    if (++count > dimensions_max) return;
    append_key_part(keys, name);
    append_key_part(keys, text.substr(0, value_bytes_max));
  }
}

/// The first 30 in the order of sending, then sorted, as add_prometheus_point does.
std::vector<Label> sorted_labels(std::span<const Label> labels) {
  std::vector<Label> sorted;
  for (const Label& each : labels)
    if (each.first != "__name__" && !each.second.empty() && sorted.size() < dimensions_max)
      sorted.emplace_back(each.first, each.second.substr(0, value_bytes_max));
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

}  // namespace

bool is_kept_value(double value) { return std::fabs(value) <= magnitude_max; }

bool append_prometheus_key(std::string& keys, std::span<const Label> labels) {
  std::string_view metric;
  bool sorted = true;
  const Label* before = nullptr;
  for (const Label& each : labels) {
    if (each.first == "__name__") {
      metric = each.second;
      continue;
    }
    if (before && !(*before < each)) sorted = false;
    before = &each;
  }
  if (metric.empty()) return false;
  append_key_part(keys, prometheus_namespace);
  append_key_part(keys, metric);
  if (sorted)
    append_sorted(keys, labels);
  else
    append_sorted(keys, sorted_labels(labels));
  keys += key_unit_begin;
  keys += "None";
  return true;
}

bool add_prometheus_point(std::vector<MetricPoint>& points, const PrometheusLabels& labels, double value, Instant time) {
  if (!is_kept_value(value)) return false;
  MetricPoint point{.metric = {std::string(prometheus_namespace), {}, {}}, .time = time, .high_resolution = true, .sample = value};
  for (const auto& [name, text] : labels) {
    if (name == "__name__")
      point.metric.name = text;
    else if (!text.empty() && point.metric.dimensions.size() < dimensions_max)
      point.metric.dimensions.emplace_back(name, text.substr(0, value_bytes_max));
  }
  if (point.metric.name.empty()) return false;
  std::sort(point.metric.dimensions.begin(), point.metric.dimensions.end());
  points.push_back(std::move(point));
  return true;
}

}  // namespace tocsin::telemetry
