// The operations of CloudWatch Logs on scheduled queries. A list of its own, which the service joins.
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "diagnose/scheduled_queries/scheduled_queries.h"
#include "telemetry/logs/settings/log_settings.h"

namespace tocsin::api::logs {

struct ScheduledQueryRooms {
  telemetry::LogSettings& settings;
  diagnose::ScheduledQueries& queries;
  ListTokens tokens;
};

std::vector<Operation> scheduled_query_operations(const ScheduledQueryRooms& rooms);

}  // namespace tocsin::api::logs
