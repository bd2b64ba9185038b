// The operations of CloudWatch Logs for saved queries and lookup tables. A list of its own, which the service joins.
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "diagnose/log_query/log_queries.h"
#include "diagnose/log_query/lookup_tables.h"
#include "diagnose/log_query/query_definitions.h"
#include "telemetry/logs/log_store.h"

namespace tocsin::api::logs {

struct SavedQueryRooms {
  telemetry::LogStore& store;
  diagnose::LogQueries& queries;
  diagnose::QueryDefinitions& definitions;
  diagnose::LookupTables& tables;
  ListTokens tokens;
};

std::vector<Operation> saved_query_operations(const SavedQueryRooms& rooms);
std::vector<Operation> lookup_table_operations(const SavedQueryRooms& rooms);

}  // namespace tocsin::api::logs
