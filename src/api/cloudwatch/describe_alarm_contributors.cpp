// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmContributors.html
#include <boost/json.hpp>

#include "api/cloudwatch/operations.h"
#include "api/cloudwatch/reply.h"

namespace tocsin::api::cloudwatch {

Reply describe_alarm_contributors(Alarms& alarms, const ListTokens& tokens, const Call& call) {
  constexpr std::size_t page_size = 100;
  const std::string name = text_or(call.input, "AlarmName");
  if (!alarms.store().find(call.scope, name)) {
    ServiceError missing{"ResourceNotFoundException", "Alarm with name " + name + " does not exist", 0, {}};
    missing.members = {{"ResourceType", "Alarm"}, {"ResourceId", name}};
    return std::unexpected(std::move(missing));
  }
  const auto after = page_start(call, tokens);
  if (!after) return std::unexpected(after.error());
  Array listed;
  std::string last;
  bool more = false;
  for (const detect::ContributorRecord& each : alarms.store().contributors(call.scope, name)) {
    if (each.state != AlarmState::alarm || each.id <= *after) continue;
    if (listed.size() == page_size) {
      more = true;
      break;
    }
    last = each.id;
    listed.emplace_back(Object{{"ContributorId", each.id},
                               {"ContributorAttributes", each.attributes},
                               {"StateReason", each.reason},
                               {"StateTransitionedTimestamp", to_ns(each.transitioned)}});
  }
  Object answer{{"AlarmContributors", std::move(listed)}};
  if (more) answer["NextToken"] = tokens.seal(call, last);
  return answer;
}

}  // namespace tocsin::api::cloudwatch
