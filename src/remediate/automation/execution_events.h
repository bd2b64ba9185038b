// The events of an execution, as EventBridge documents them. Pure.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html
#pragma once

#include "model/event_envelope.h"
#include "remediate/automation/execution.h"

namespace tocsin::remediate {

inline constexpr std::string_view execution_event_type = "EC2 Automation Execution Status-change Notification";
inline constexpr std::string_view step_event_type = "EC2 Automation Step Status-change Notification";

std::string execution_arn(const Execution& execution);
/// Beside the documented members, `detail` tells FailureMessage, IncidentRecordArn and, of the step, StepExecutionId and Response.
EventEnvelope execution_event(const Execution& execution, Instant now);
EventEnvelope step_event(const Execution& execution, const StepRun& step, Instant now);

}  // namespace tocsin::remediate
