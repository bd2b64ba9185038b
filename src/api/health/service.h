// Health: JSON 1.1 and CBOR. https://docs.aws.amazon.com/health/latest/APIReference/
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "detect/health/health.h"

namespace tocsin::api {

/// `health` must outlive the service.
Service make_health_service(detect::Health& health, ListTokens tokens);

}  // namespace tocsin::api
