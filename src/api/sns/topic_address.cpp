#include "api/sns/topic_address.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "model/arn.h"

namespace tocsin::api::sns {

std::expected<std::string, ServiceError> addressed(const Call& call, std::string_view member) {
  const std::string text = text_or(call.input, member);
  const auto arn = parse_arn(text);
  if (const auto parts = std::ranges::count(text, ':') + 1; parts < 6)
    return bad_parameter(fmt::format("{} Reason: An ARN must have at least 6 elements, not {}", member, parts));
  if (!arn || arn->service != "sns") return bad_parameter(std::string(member));
  // whether a topic of another account may be reached is the gate's to say
  if (arn->region != call.scope.region)
    return api::refuse("NotFoundException", member == "SubscriptionArn" ? "Subscription does not exist" : "Topic does not exist");
  return text;
}

std::unexpected<ServiceError> refuse(const Error& error) {
  return api::refuse(error.reason.empty() ? "InternalErrorException" : error.reason, error.message);
}

std::unexpected<ServiceError> bad_parameter(const std::string& what) {
  return api::refuse("InvalidParameterException", "Invalid parameter: " + what);
}

communicate::TextMap map_at(const Document& input, std::string_view member) {
  communicate::TextMap out;
  for (const auto& [name, value] : object_at(input, member)) out.emplace(name, value.as_string());
  return out;
}

Document to_document(const communicate::TextMap& map) {
  Object out;
  for (const auto& [name, value] : map) out[name] = value;
  return out;
}

std::expected<std::string, ServiceError> opened_token(const Call& call, const ListTokens& tokens) {
  const auto token = text_at(call.input, "NextToken");
  if (!token || token->empty()) return std::string();
  const auto opened = tokens.open(call, *token);
  if (!opened) return bad_parameter("NextToken");
  return *opened;
}

}  // namespace tocsin::api::sns
