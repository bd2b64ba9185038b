// The labels of series that were found together: what tells them apart.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/graph-dynamic-labels.html
#pragma once

#include <string>
#include <vector>

#include "telemetry/metrics/metric.h"

namespace tocsin::telemetry {

/// One each: the namespace and the values of dimensions as far as they differ, and the name if it differs or nothing else does.
std::vector<std::string> search_labels(const std::vector<MetricId>& metrics);

}  // namespace tocsin::telemetry
