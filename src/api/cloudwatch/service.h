// CloudWatch: metrics (telemetry/metrics) and alarms (detect/alarms).
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "detect/alarms/alarms.h"
#include "telemetry/metrics/metric_store.h"

namespace tocsin::api {

/// Both must outlive the service.
Service make_cloudwatch_service(telemetry::MetricStore& metrics, detect::Alarms& alarms, ListTokens tokens);

}  // namespace tocsin::api
