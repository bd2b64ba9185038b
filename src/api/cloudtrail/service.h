// CloudTrail. https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/Welcome.html
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "telemetry/audit/audit_trail.h"

namespace tocsin::api {

/// `trail` must outlive the service.
Service make_cloudtrail_service(telemetry::AuditTrail& trail, ListTokens tokens);

}  // namespace tocsin::api
