// EventBridge's operations, one function each.
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "events/archives/archives.h"
#include "events/connections/connections.h"
#include "events/journal/journal.h"
#include "events/rules/rules.h"

namespace tocsin::api::eventbridge {

using events::Archives;
using events::Connections;
using events::Rules;

Reply put_events(Rules&, events::Journal&, const Call&);
Reply test_event_pattern(const Call&);

Reply put_rule(Rules&, const Call&);
Reply describe_rule(Rules&, const Call&);
Reply list_rules(Rules&, const ListTokens&, const Call&);
Reply delete_rule(Rules&, const Call&);
Reply enable_rule(Rules&, const Call&);
Reply disable_rule(Rules&, const Call&);

Reply put_targets(Rules&, const Call&);
Reply remove_targets(Rules&, const Call&);
Reply list_targets_by_rule(Rules&, const ListTokens&, const Call&);
Reply list_rule_names_by_target(Rules&, const ListTokens&, const Call&);

Reply create_event_bus(Rules&, const Call&);
Reply describe_event_bus(Rules&, const Call&);
Reply list_event_buses(Rules&, const ListTokens&, const Call&);
Reply update_event_bus(Rules&, const Call&);
Reply delete_event_bus(Rules&, const Call&);
Reply put_permission(Rules&, const Call&);
Reply remove_permission(Rules&, const Call&);

Reply create_archive(Archives&, const Call&);
Reply describe_archive(Archives&, const Call&);
Reply list_archives(Archives&, const ListTokens&, const Call&);
Reply update_archive(Archives&, const Call&);
Reply delete_archive(Archives&, const Call&);
Reply start_replay(Archives&, const Call&);
Reply describe_replay(Archives&, const Call&);
Reply list_replays(Archives&, const ListTokens&, const Call&);
Reply cancel_replay(Archives&, const Call&);

Reply create_connection(Connections&, const Call&);
Reply describe_connection(Connections&, const Call&);
Reply list_connections(Connections&, const ListTokens&, const Call&);
Reply update_connection(Connections&, const Call&);
Reply deauthorize_connection(Connections&, const Call&);
Reply delete_connection(Connections&, const Call&);
Reply create_api_destination(Connections&, const Call&);
Reply describe_api_destination(Connections&, const Call&);
Reply list_api_destinations(Connections&, const ListTokens&, const Call&);
Reply update_api_destination(Connections&, const Call&);
Reply delete_api_destination(Connections&, const Call&);

Reply tag_resource(Rules&, const Call&);
Reply untag_resource(Rules&, const Call&);
Reply list_tags_for_resource(Rules&, const Call&);

}  // namespace tocsin::api::eventbridge
