// The operations of CloudTrail that are offered.
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "telemetry/audit/audit_trail.h"

namespace tocsin::api::cloudtrail {

Reply lookup_events(telemetry::AuditTrail& trail, const ListTokens& tokens, const Call& call);

}  // namespace tocsin::api::cloudtrail
