// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
#include <boost/json.hpp>

#include "api/cloudwatch/alarm_input.h"
#include "api/cloudwatch/operations.h"
#include "api/cloudwatch/reply.h"

namespace tocsin::api::cloudwatch {

Reply put_composite_alarm(Alarms& alarms, const Call& call) {
  for (const char* member : {"ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod", "ActionConfiguration"})
    if (find(call.input, member)) return not_offered(call.operation, member);
  if (auto actions = check_actions(call); !actions) return std::unexpected(actions.error());
  const auto tags = read_tags(call.input);
  if (!tags) return std::unexpected(tags.error());
  Object definition;
  for (const char* member : {"AlarmName", "AlarmDescription", "AlarmRule"})
    if (const Document* value = find(call.input, member)) definition[member] = *value;
  for (const char* list : {"OKActions", "AlarmActions", "InsufficientDataActions"}) definition[list] = array_at(call.input, list);
  if (auto put = alarms.put_composite(call.scope, definition, truth_or(call.input, "ActionsEnabled", true), *tags); !put)
    return to_service_error(put.error());
  return Object{};
}

}  // namespace tocsin::api::cloudwatch
