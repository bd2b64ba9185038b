// Parameter Store's operations.
#pragma once

#include "api/call.h"
#include "api/ssm/reply.h"
#include "remediate/parameters/parameter_store.h"

namespace tocsin::api::ssm {

std::vector<Operation> parameter_operations(remediate::ParameterStore& store, ListTokens pages);

}  // namespace tocsin::api::ssm
