// The JSON of a metric widget: which queries it makes, and the chart that shows them.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Metric-Widget-Structure.html
#pragma once

#include <map>

#include "base/document.h"
#include "telemetry/charts/chart.h"
#include "telemetry/metrics/math/metric_query.h"

namespace tocsin::telemetry {

struct WidgetLine {
  std::optional<Color> color;
  bool right_axis = false;
};

struct MetricWidget {
  std::vector<MetricQuery> queries;
  std::map<std::string, WidgetLine> lines;  ///< by the id of the query
  Chart chart;                              ///< without its series
};

/// `now` is what relative times count from. `invalid` with what is wrong.
Result<MetricWidget> parse_metric_widget(std::string_view json, Instant now);
/// The chart with what the queries gave.
Chart chart_of(const MetricWidget& widget, const QueryAnswer& answer);

/// "metrics": arrays of namespace, name, dimensions and options, where "." repeats the part of the metric before, "..." all that are left
/// out.
Result<void> read_widget_metrics(const Array& metrics, const Object& defaults, MetricWidget& widget);

}  // namespace tocsin::telemetry
