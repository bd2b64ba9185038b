// The operations of Automation.
#pragma once

#include "api/call.h"
#include "api/ssm/reply.h"
#include "remediate/automation/automation_engine.h"

namespace tocsin::api::ssm {

std::vector<Operation> automation_operations(remediate::AutomationEngine& engine, ListTokens pages);

}  // namespace tocsin::api::ssm
