// SNS: the query protocol. https://docs.aws.amazon.com/sns/latest/api/
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "communicate/topics/topics.h"

namespace tocsin::api {

/// All references must outlive the service.
Service make_sns_service(communicate::Topics& topics, ListTokens tokens);

}  // namespace tocsin::api
