// The operations of CloudWatch Logs that run queries.
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "api/logs/rooms.h"
#include "diagnose/log_query/log_queries.h"
#include "telemetry/logs/log_store.h"

namespace tocsin::api::logs {

using diagnose::LogQueries;
using telemetry::LogStore;

Reply start_query(LogStore& store, LogQueries& queries, const Call& call, const MayUnmask& may_unmask = {});
Reply get_query_results(LogQueries& queries, const ListTokens& tokens, const Call& call);
Reply stop_query(LogQueries& queries, const Call& call);
Reply describe_queries(LogQueries& queries, const ListTokens& tokens, const Call& call);
Reply get_log_record(LogRooms& rooms, const Call& call);
Reply get_log_group_fields(LogStore& store, const Call& call);

}  // namespace tocsin::api::logs
