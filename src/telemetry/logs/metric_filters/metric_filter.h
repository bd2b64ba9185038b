// A metric filter as it is kept (PutMetricFilter's input), compiled. Pure. Threads: any.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/document.h"
#include "model/scope.h"
#include "telemetry/logs/filters/filter_pattern.h"
#include "telemetry/logs/filters/selection_criteria.h"
#include "telemetry/metrics/metric.h"

namespace tocsin::telemetry {

struct MetricFilter {
  FilterPattern pattern;
  SelectionCriteria selection;
  std::string metric_namespace, metric_name;
  std::string unit = "None";
  std::optional<double> constant;      ///< the value of every match, or
  std::optional<ValueSelector> value;  ///< where it stands in the event
  std::vector<std::pair<std::string, ValueSelector>> dimensions;
  Dimensions system_dimensions;
  std::optional<double> default_value;
  bool on_transformed = false;
};

/// The system fields of events, for selections.
extern const std::vector<std::string_view> system_fields;

/// `definition`: filterPattern, metricTransformations … by the model's names; events are of `scope`. `invalid` with the service's words.
Result<MetricFilter> compile_metric_filter(const Document& definition, const Scope& scope);

}  // namespace tocsin::telemetry
