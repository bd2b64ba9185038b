// What the two Put operations of alarms check alike.
#pragma once

#include "api/cloudwatch/reply.h"
#include "detect/alarms/alarms.h"

namespace tocsin::api::cloudwatch {

/// Every action is an ARN.
Checked<void> check_actions(const Call& call);
/// The member Tags: at most 50, none of the reserved prefix.
Checked<detect::Tags> read_tags(const Document& input);

}  // namespace tocsin::api::cloudwatch
