// The metrics that a log event carries in the embedded metric format. Pure.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
#pragma once

#include <vector>

#include "telemetry/logs/filters/message_view.h"
#include "telemetry/metrics/metric.h"

namespace tocsin::telemetry {

/// Whether it can be one at all; cheap.
bool may_embed_metrics(std::string_view message);
/// Its points, of those whose time can be kept at `now`. None when the message is no such document.
std::vector<MetricPoint> embedded_metrics(const MessageView& message, Instant now);

}  // namespace tocsin::telemetry
