#include "api/sqs/queue_address.h"

#include <fmt/format.h>

#include "model/arn.h"

namespace tocsin::api::sqs {

std::string queue_url(const Call& call, const delivery::Queue& queue) {
  return fmt::format("{}/{}/{}", call.base_url, queue.scope.account, queue.name);
}

std::unexpected<ServiceError> refuse(const Error& error) {
  return api::refuse(error.reason.empty() ? "InternalFailure" : error.reason, error.message);
}

std::expected<std::string, ServiceError> addressed_arn(const Call& call) {
  const std::string url = text_or(call.input, "QueueUrl");
  const std::size_t scheme = url.find("://");
  const std::string_view path = std::string_view(url).substr(scheme == std::string::npos ? 0 : scheme + 3);
  const std::size_t name_at = path.rfind('/');
  const std::size_t account_at = name_at == std::string_view::npos || name_at == 0 ? std::string_view::npos : path.rfind('/', name_at - 1);
  if (account_at == std::string_view::npos || name_at + 1 == path.size())
    return api::refuse("InvalidAddress", fmt::format("The address {} is not valid for this endpoint.", url));
  const std::string account(path.substr(account_at + 1, name_at - account_at - 1));
  // whether a queue of another account may be reached is the gate's to say
  return make_arn("sqs", {account, call.scope.region}, path.substr(name_at + 1));
}

}  // namespace tocsin::api::sqs
