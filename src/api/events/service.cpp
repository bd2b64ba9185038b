#include "api/events/service.h"

#include "api/events/operations.h"

namespace tocsin::api {

Service make_events_service(events::Rules& rules, events::Journal& journal, ListTokens tokens) {
  namespace eb = eventbridge;
  const auto plain = [&rules](Reply (*operation)(events::Rules&, const Call&)) -> Handle {
    return [&rules, operation](const Call& call) { return operation(rules, call); };
  };
  const auto listing = [&rules, tokens](Reply (*operation)(events::Rules&, const ListTokens&, const Call&)) -> Handle {
    return [&rules, tokens, operation](const Call& call) { return operation(rules, tokens, call); };
  };
  return {"events",
          {{"PutEvents", Handle([&rules, &journal](const Call& call) { return eb::put_events(rules, journal, call); })},
           {"TestEventPattern", Handle(eb::test_event_pattern)},
           {"PutRule", plain(eb::put_rule)},
           {"DescribeRule", plain(eb::describe_rule)},
           {"ListRules", listing(eb::list_rules)},
           {"DeleteRule", plain(eb::delete_rule)},
           {"EnableRule", plain(eb::enable_rule)},
           {"DisableRule", plain(eb::disable_rule)},
           {"PutTargets", plain(eb::put_targets)},
           {"RemoveTargets", plain(eb::remove_targets)},
           {"ListTargetsByRule", listing(eb::list_targets_by_rule)},
           {"ListRuleNamesByTarget", listing(eb::list_rule_names_by_target)},
           {"CreateEventBus", plain(eb::create_event_bus)},
           {"DescribeEventBus", plain(eb::describe_event_bus)},
           {"ListEventBuses", listing(eb::list_event_buses)},
           {"UpdateEventBus", plain(eb::update_event_bus)},
           {"DeleteEventBus", plain(eb::delete_event_bus)},
           {"PutPermission", plain(eb::put_permission)},
           {"RemovePermission", plain(eb::remove_permission)},
           {"TagResource", plain(eb::tag_resource)},
           {"UntagResource", plain(eb::untag_resource)},
           {"ListTagsForResource", plain(eb::list_tags_for_resource)}}};
}

}  // namespace tocsin::api
