// What a call was about.
#pragma once

#include <string>
#include <vector>

#include "api/call.h"
#include "telemetry/audit/audit_trail.h"

namespace tocsin::api {

/// The resources that the input names and the ARNs that the answer gives.
std::vector<telemetry::AuditResource> resources_of(const Call& call, const Reply& reply);
/// "AWS::SNS::Topic"; empty for a kind that has no name there.
std::string resource_type_of(const std::string& arn);

}  // namespace tocsin::api
