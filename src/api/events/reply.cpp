#include "api/events/reply.h"

#include <algorithm>
#include <boost/json.hpp>

namespace tocsin::api::eventbridge {

std::unexpected<ServiceError> refuse(const Error& error) {
  return api::refuse(error.reason.empty() ? "InternalException" : error.reason, error.message);
}

Reply empty_or(const Result<void>& result) {
  if (!result) return refuse(result.error());
  return Object{};
}

std::string bus_of(const Call& call) { return text_or(call.input, "EventBusName", events::default_bus); }

events::Tags tags_at(const Document& input) {
  events::Tags out;
  for (const Document& tag : array_at(input, "Tags")) out[text_or(tag, "Key")] = text_or(tag, "Value");
  return out;
}

std::expected<std::string, ServiceError> opened_token(const Call& call, const ListTokens& tokens) {
  const auto token = text_at(call.input, "NextToken");
  if (!token) return std::string();
  const auto opened = tokens.open(call, *token);
  if (!opened) return api::refuse("ValidationException", "Token is not valid.");
  return *opened;
}

int page_size(const Call& call) { return static_cast<int>(std::clamp<std::int64_t>(integer_or(call.input, "Limit", 100), 1, 100)); }

}  // namespace tocsin::api::eventbridge
