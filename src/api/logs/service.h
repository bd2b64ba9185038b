// CloudWatch Logs. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/Welcome.html
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "telemetry/logs/log_store.h"

namespace tocsin::api {

/// `store` must outlive the service; the StateExecutor's executor must be the store's.
Service make_logs_service(telemetry::LogStore& store, ListTokens tokens);

}  // namespace tocsin::api
