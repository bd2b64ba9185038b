// Executions and steps as the API shows them.
#pragma once

#include <vector>

#include "base/document.h"
#include "remediate/automation/execution.h"

namespace tocsin::api::ssm {

/// AutomationExecution, with all its steps: those that ran, then those that have not yet.
Object to_execution(const remediate::Execution& execution);
/// AutomationExecutionMetadata
Object to_metadata(const remediate::Execution& execution);
/// StepExecution of every step, in that order.
std::vector<Object> to_steps(const remediate::Execution& execution);

}  // namespace tocsin::api::ssm
