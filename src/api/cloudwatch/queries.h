// MetricDataQueries, of GetMetricData and of metric math alarms: read and checked in the service's words.
#pragma once

#include "api/cloudwatch/reply.h"
#include "telemetry/metrics/math/metric_query.h"

namespace tocsin::api::cloudwatch {

Checked<std::vector<telemetry::MetricQuery>> read_queries(const Call& call, const Array& documents, std::size_t count_max);

}  // namespace tocsin::api::cloudwatch
