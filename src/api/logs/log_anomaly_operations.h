// The operations of CloudWatch Logs on log anomaly detectors. A list of its own, which the service joins.
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "detect/log_anomalies/log_anomalies.h"

namespace tocsin::api::logs {

struct LogAnomalyRooms {
  telemetry::LogStore& store;
  telemetry::LogSettings& settings;
  detect::LogAnomalies& anomalies;
  ListTokens tokens;
};

std::vector<Operation> log_anomaly_operations(const LogAnomalyRooms& rooms);

}  // namespace tocsin::api::logs
