// CloudWatch: metrics (telemetry/metrics) and alarms (detect/alarms).
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "detect/alarms/alarms.h"
#include "telemetry/metrics/math/metric_query.h"

namespace tocsin::api {

/// All must outlive the service. `sources` answer what expressions ask of others (anomaly bands).
Service make_cloudwatch_service(telemetry::MetricStore& metrics, detect::Alarms& alarms, ListTokens tokens,
                                telemetry::MathSources sources = {});

}  // namespace tocsin::api
