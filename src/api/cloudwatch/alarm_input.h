// What the Put operations of alarms check alike.
#pragma once

#include "api/cloudwatch/reply.h"
#include "detect/alarms/alarms.h"

namespace tocsin::api::cloudwatch {

/// Which actions an alarm may have depends on what it watches.
enum class ActionsOf { metric, series, promql, composite };

/// No control characters.
Checked<void> check_name(const Call& call);
/// Every action is an ARN of a kind that the alarm may have, of this region.
Checked<void> check_actions(const Call& call, ActionsOf alarm);
/// The member Tags: at most 50, none of the reserved prefix.
/// Which of the alarm's tags it tells.
Checked<void> check_action_configuration(const Call& call);
Checked<detect::Tags> read_tags(const Document& input);

}  // namespace tocsin::api::cloudwatch
