// CloudWatch Logs. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/Welcome.html
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "diagnose/log_query/log_queries.h"
#include "telemetry/logs/log_store.h"

namespace tocsin::api {

/// `store` and `queries` must outlive the service; the StateExecutor's executor must be theirs.
Service make_logs_service(telemetry::LogStore& store, diagnose::LogQueries& queries, ListTokens tokens);

}  // namespace tocsin::api
