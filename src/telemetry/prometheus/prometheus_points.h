// Labelled samples as datapoints.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "telemetry/metrics/metric.h"

namespace tocsin::telemetry {

inline constexpr std::string_view prometheus_namespace = "Prometheus";
using PrometheusLabels = std::vector<std::pair<std::string, std::string>>;

/// Adds the point; not when the labels have no __name__, or the value cannot be kept (NaN, infinite, beyond 2^360). At most 30 labels, the
/// first in their order, and 1,024 bytes of each value.
bool add_prometheus_point(std::vector<MetricPoint>& points, const PrometheusLabels& labels, double value, Instant time);

/// The key of the series of such a point (KeyedValue) is appended; false, and nothing, when the labels have no __name__.
bool append_prometheus_key(std::string& keys, std::span<const std::pair<std::string_view, std::string_view>> labels);
/// Whether a value can be kept.
bool is_kept_value(double value);

}  // namespace tocsin::telemetry
