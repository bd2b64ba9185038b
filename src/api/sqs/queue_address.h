// Queues are addressed by URL: the caller's base, the account, the name.
#pragma once

#include <expected>
#include <string>

#include "api/call.h"
#include "delivery/queues/queues.h"

namespace tocsin::api::sqs {

std::string queue_url(const Call& call, const delivery::Queue& queue);
/// The ARN of the queue that `QueueUrl` names; only the path counts, so every name of this server works. InvalidAddress when there is none.
std::expected<std::string, ServiceError> addressed_arn(const Call& call);
/// A room's error in the service's code and words.
std::unexpected<ServiceError> refuse(const Error& error);

/// Runs `act(queue)` on the queue that the call addresses.
template <typename Act>
Reply with_queue(delivery::Queues& queues, const Call& call, Act act) {
  const auto arn = addressed_arn(call);
  if (!arn) return std::unexpected(arn.error());
  const auto queue = queues.find(*arn);
  if (!queue) return refuse(queue.error());
  return act(*queue);
}

}  // namespace tocsin::api::sqs
