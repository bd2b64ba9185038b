// In whose name a delivery comes: a rule's in that of EventBridge, a schedule's in that of EventBridge Scheduler. The receiver's policy and
// the trust policy of the target's role are asked for that name.
#pragma once

#include <string>

#include "events/rules/target_dispatch.h"

namespace tocsin::events {

inline std::string sender_service(const TargetDelivery& delivery) {
  return delivery.schedule_arn.empty() ? "events.amazonaws.com" : "scheduler.amazonaws.com";
}

/// The rule, or the schedule.
inline const std::string& sender_arn(const TargetDelivery& delivery) {
  return delivery.schedule_arn.empty() ? delivery.rule_arn : delivery.schedule_arn;
}

}  // namespace tocsin::events
