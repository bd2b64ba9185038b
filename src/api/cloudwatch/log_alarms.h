// PutLogAlarm: a list of its own, which the service joins.
#pragma once

#include "api/call.h"
#include "detect/log_alarms/log_alarms.h"

namespace tocsin::api::cloudwatch {

Reply put_log_alarm(detect::LogAlarms& alarms, const Call& call);

}  // namespace tocsin::api::cloudwatch
