// EventBridge: JSON 1.1. https://docs.aws.amazon.com/eventbridge/latest/APIReference/
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "events/archives/archives.h"
#include "events/connections/connections.h"
#include "events/journal/journal.h"
#include "events/rules/rules.h"

namespace tocsin::api {

/// All references must outlive the service.
Service make_events_service(events::Rules& rules, events::Archives& archives, events::Connections& connections, events::Journal& journal,
                            ListTokens tokens);

}  // namespace tocsin::api
