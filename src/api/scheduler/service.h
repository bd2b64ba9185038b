// EventBridge Scheduler: REST-JSON. https://docs.aws.amazon.com/scheduler/latest/APIReference/
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "events/schedules/schedules.h"

namespace tocsin::api {

/// All references must outlive the service.
Service make_scheduler_service(events::Schedules& schedules, ListTokens tokens);

}  // namespace tocsin::api
