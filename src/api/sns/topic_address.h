// Topics and subscriptions are addressed by ARN, within the caller's account and region.
#pragma once

#include <expected>
#include <string>

#include "api/call.h"
#include "api/list_tokens.h"
#include "base/result.h"
#include "communicate/topics/topic.h"

namespace tocsin::api::sns {

/// The ARN in `member`; refused when it is none, or of another scope.
std::expected<std::string, ServiceError> addressed(const Call& call, std::string_view member);
/// A room's error in the service's code and words.
std::unexpected<ServiceError> refuse(const Error& error);
std::unexpected<ServiceError> bad_parameter(const std::string& what);
communicate::TextMap map_at(const Document& input, std::string_view member);
Document to_document(const communicate::TextMap& map);
/// The key where a listing goes on; "" without a token.
std::expected<std::string, ServiceError> opened_token(const Call& call, const ListTokens& tokens);

}  // namespace tocsin::api::sns
