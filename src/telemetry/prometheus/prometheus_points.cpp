#include "telemetry/prometheus/prometheus_points.h"

#include <algorithm>
#include <cmath>

namespace tocsin::telemetry {
namespace {
constexpr std::size_t dimensions_max = 30, value_bytes_max = 1024;
constexpr double magnitude_max = 0x1p360;
}  // namespace

bool add_prometheus_point(std::vector<MetricPoint>& points, const PrometheusLabels& labels, double value, Instant time) {
  if (!(std::fabs(value) <= magnitude_max)) return false;
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
