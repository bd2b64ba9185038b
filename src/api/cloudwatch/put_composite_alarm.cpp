// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
#include <boost/json.hpp>

#include "api/cloudwatch/alarm_input.h"
#include "api/cloudwatch/operations.h"
#include "api/cloudwatch/reply.h"

namespace tocsin::api::cloudwatch {
namespace {

constexpr const char* suppressor_periods[] = {"ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod"};

Checked<void> check_suppressor(const Call& call) {
  const bool suppressor = find(call.input, "ActionsSuppressor") != nullptr;
  for (const char* member : suppressor_periods) {
    const auto period = integer_at(call.input, member);
    if (suppressor != period.has_value())
      return validation_error(suppressor ? std::string(member) + " must be specified when ActionsSuppressor is specified"
                                         : std::string(member) + " must not be specified when ActionsSuppressor is not specified");
    if (period && *period < 0) return validation_error(std::string(member) + " must not be negative");
  }
  return {};
}

}  // namespace

Reply put_composite_alarm(Alarms& alarms, const Call& call) {
  if (auto name = check_name(call); !name) return std::unexpected(name.error());
  if (auto actions = check_actions(call, ActionsOf::composite); !actions) return std::unexpected(actions.error());
  if (auto suppressor = check_suppressor(call); !suppressor) return std::unexpected(suppressor.error());
  if (auto told = check_action_configuration(call); !told) return std::unexpected(told.error());
  const auto tags = read_tags(call.input);
  if (!tags) return std::unexpected(tags.error());
  Object definition;
  for (const char* member : {"AlarmName", "AlarmDescription", "AlarmRule", "ActionConfiguration", "ActionsSuppressor",
                             "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod"})
    if (const Document* value = find(call.input, member)) definition[member] = *value;
  for (const char* list : {"OKActions", "AlarmActions", "InsufficientDataActions"}) definition[list] = array_at(call.input, list);
  if (auto put = alarms.put_composite(call.scope, definition, truth_or(call.input, "ActionsEnabled", true), *tags); !put)
    return to_service_error(put.error());
  return Object{};
}

}  // namespace tocsin::api::cloudwatch
