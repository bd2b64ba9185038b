// CloudWatch Logs. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/Welcome.html
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "api/logs/rooms.h"
#include "diagnose/log_query/log_queries.h"

namespace tocsin::api {

/// `queries` must outlive the service.
Service make_logs_service(LogRooms rooms, diagnose::LogQueries& queries, ListTokens tokens);

}  // namespace tocsin::api
