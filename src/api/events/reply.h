// What the operations share: a room's errors as the service's, the bus that a call names, pages.
#pragma once

#include <expected>
#include <string>

#include "api/call.h"
#include "api/list_tokens.h"
#include "base/result.h"
#include "events/rules/rule.h"

namespace tocsin::api::eventbridge {

std::unexpected<ServiceError> refuse(const Error& error);
Reply empty_or(const Result<void>& result);
/// EventBusName, or the default bus.
std::string bus_of(const Call& call);
events::Tags tags_at(const Document& input);
/// The key where a listing goes on; "" without a token.
std::expected<std::string, ServiceError> opened_token(const Call& call, const ListTokens& tokens);
/// Limit, at most 100.
int page_size(const Call& call);

}  // namespace tocsin::api::eventbridge
