// Systems Manager, made of its groups of operations; each group is built by its own *_operations.h.
#pragma once

#include <vector>

#include "api/call.h"

namespace tocsin::api {

Service make_ssm_service(std::vector<std::vector<Operation>> groups);

}  // namespace tocsin::api
