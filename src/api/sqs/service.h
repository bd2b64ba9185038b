// SQS: JSON 1.0, and query for old clients. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "delivery/queues/message_moves.h"
#include "delivery/queues/queues.h"
#include "storage/state_executor.h"

namespace tocsin::api {

/// All references must outlive the service.
Service make_sqs_service(delivery::Queues& queues, delivery::MessageMoves& moves, storage::StateExecutor& state, ListTokens tokens);

}  // namespace tocsin::api
