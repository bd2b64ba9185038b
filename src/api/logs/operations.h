// The operations of CloudWatch Logs that are offered.
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "api/logs/rooms.h"

namespace tocsin::api::logs {

using telemetry::LogStore;

Reply create_log_group(LogRooms& rooms, const Call& call);
Reply describe_log_groups(LogRooms& rooms, const ListTokens& tokens, const Call& call);
Reply delete_log_group(LogRooms& rooms, const Call& call);
Reply put_retention_policy(LogStore& store, const Call& call);
Reply delete_retention_policy(LogStore& store, const Call& call);

Reply create_log_stream(LogStore& store, const Call& call);
Reply describe_log_streams(LogStore& store, const ListTokens& tokens, const Call& call);
Reply delete_log_stream(LogStore& store, const Call& call);

Reply put_log_events(LogStore& store, const Call& call);
Reply get_log_events(LogRooms& rooms, const Call& call);
Reply filter_log_events(LogRooms& rooms, const ListTokens& tokens, const Call& call);

Reply tag_resource(LogRooms& rooms, const Call& call);
Reply untag_resource(LogRooms& rooms, const Call& call);
Reply list_tags_for_resource(LogRooms& rooms, const Call& call);

}  // namespace tocsin::api::logs
