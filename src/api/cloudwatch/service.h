// CloudWatch: metrics (telemetry/metrics) and alarms (detect/alarms).
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "detect/alarms/alarms.h"
#include "detect/anomalies/anomaly_detectors.h"
#include "telemetry/metrics/math/metric_query.h"

namespace tocsin::api {

/// All must outlive the service. `sources` answer what expressions ask of others (anomaly bands). Without `anomalies` the operations of
/// anomaly detectors are not offered.
Service make_cloudwatch_service(telemetry::MetricStore& metrics, detect::Alarms& alarms, ListTokens tokens,
                                telemetry::MathSources sources = {}, detect::AnomalyDetectors* anomalies = nullptr);

}  // namespace tocsin::api
