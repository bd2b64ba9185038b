// What exporters answer a scrape with: Prometheus' text format and OpenMetrics.
// https://prometheus.io/docs/instrumenting/exposition_formats/ https://prometheus.io/docs/specs/om/open_metrics_spec/
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "telemetry/prometheus/prometheus_points.h"

namespace tocsin::telemetry {

struct ExposedSample {
  PrometheusLabels labels;  ///< __name__ first
  double value = 0;
  std::optional<Instant> time;
};

/// `open_metrics`: times are seconds, the text ends with "# EOF", exemplars may follow. `invalid` with the line that is wrong.
Result<std::vector<ExposedSample>> parse_exposition(std::string_view text, bool open_metrics);

}  // namespace tocsin::telemetry
