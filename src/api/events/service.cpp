#include "api/events/service.h"

#include "api/events/operations.h"

namespace tocsin::api {

namespace {

template <typename Room>
struct Forms {
  Room& room;
  ListTokens tokens;
  Handle operator()(Reply (*operation)(Room&, const Call&)) const {
    return [&room = room, operation](const Call& call) { return operation(room, call); };
  }
  Handle operator()(Reply (*operation)(Room&, const ListTokens&, const Call&)) const {
    return [&room = room, tokens = tokens, operation](const Call& call) { return operation(room, tokens, call); };
  }
};

}  // namespace

Service make_events_service(events::Rules& rules, events::Archives& archives, events::Connections& connections, events::Journal& journal,
                            ListTokens tokens) {
  namespace eb = eventbridge;
  const Forms<events::Rules> plain{rules, tokens};
  const Forms<events::Archives> archive{archives, tokens};
  const Forms<events::Connections> connection{connections, tokens};
  return {"events",
          {{"PutEvents", Handle([&rules, &journal](const Call& call) { return eb::put_events(rules, journal, call); })},
           {"TestEventPattern", Handle(eb::test_event_pattern)},
           {"PutRule", plain(eb::put_rule)},
           {"DescribeRule", plain(eb::describe_rule)},
           {"ListRules", plain(eb::list_rules)},
           {"DeleteRule", plain(eb::delete_rule)},
           {"EnableRule", plain(eb::enable_rule)},
           {"DisableRule", plain(eb::disable_rule)},
           {"PutTargets", plain(eb::put_targets)},
           {"RemoveTargets", plain(eb::remove_targets)},
           {"ListTargetsByRule", plain(eb::list_targets_by_rule)},
           {"ListRuleNamesByTarget", plain(eb::list_rule_names_by_target)},
           {"CreateEventBus", plain(eb::create_event_bus)},
           {"DescribeEventBus", plain(eb::describe_event_bus)},
           {"ListEventBuses", plain(eb::list_event_buses)},
           {"UpdateEventBus", plain(eb::update_event_bus)},
           {"DeleteEventBus", plain(eb::delete_event_bus)},
           {"PutPermission", plain(eb::put_permission)},
           {"RemovePermission", plain(eb::remove_permission)},
           {"CreateArchive", archive(eb::create_archive)},
           {"DescribeArchive", archive(eb::describe_archive)},
           {"ListArchives", archive(eb::list_archives)},
           {"UpdateArchive", archive(eb::update_archive)},
           {"DeleteArchive", archive(eb::delete_archive)},
           {"StartReplay", archive(eb::start_replay)},
           {"DescribeReplay", archive(eb::describe_replay)},
           {"ListReplays", archive(eb::list_replays)},
           {"CancelReplay", archive(eb::cancel_replay)},
           {"CreateConnection", connection(eb::create_connection)},
           {"DescribeConnection", connection(eb::describe_connection)},
           {"ListConnections", connection(eb::list_connections)},
           {"UpdateConnection", connection(eb::update_connection)},
           {"DeauthorizeConnection", connection(eb::deauthorize_connection)},
           {"DeleteConnection", connection(eb::delete_connection)},
           {"CreateApiDestination", connection(eb::create_api_destination)},
           {"DescribeApiDestination", connection(eb::describe_api_destination)},
           {"ListApiDestinations", connection(eb::list_api_destinations)},
           {"UpdateApiDestination", connection(eb::update_api_destination)},
           {"DeleteApiDestination", connection(eb::delete_api_destination)},
           {"TagResource", plain(eb::tag_resource)},
           {"UntagResource", plain(eb::untag_resource)},
           {"ListTagsForResource", plain(eb::list_tags_for_resource)}}};
}

}  // namespace tocsin::api
