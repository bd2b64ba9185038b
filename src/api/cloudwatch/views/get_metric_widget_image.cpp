// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricWidgetImage.html
#include <boost/json.hpp>

#include "api/cloudwatch/reply.h"
#include "api/cloudwatch/views/views.h"
#include "telemetry/charts/metric_widget.h"
#include "telemetry/charts/png.h"

namespace tocsin::api::cloudwatch {

Reply get_metric_widget_image(MetricStore& metrics, const telemetry::MathSources& sources, const Call& call) {
  const std::string format = text_or(call.input, "OutputFormat", "png");
  if (format == "image/png") return not_offered(call.operation, "OutputFormat image/png");
  if (format != "png") return invalid_value("The value " + format + " for parameter OutputFormat is invalid.");
  const auto widget = telemetry::parse_metric_widget(text_or(call.input, "MetricWidget"), call.now);
  if (!widget) return validation_error("Invalid metric widget: " + widget.error().message);
  if (auto checked = telemetry::check_queries(widget->queries); !checked) return validation_error(checked.error().message);
  std::int64_t period_s = 60;
  for (const telemetry::MetricQuery& query : widget->queries)
    if (query.stat) period_s = query.stat->period_s;
  const Instant start = rounded_start(widget->chart.start, period_s, call.now);
  const auto answer = telemetry::answer_queries(
      metrics, {widget->queries, start, widget->chart.end, sources, {call.scope, call.now, widget->chart.utc_offset}});
  if (!answer) return validation_error(answer.error().message);
  return Object{{"MetricWidgetImage", telemetry::encode_png(telemetry::draw(telemetry::chart_of(*widget, *answer)))}};
}

}  // namespace tocsin::api::cloudwatch
