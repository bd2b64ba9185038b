// What the operations of Systems Manager share: errors, pages, tags, lists of text.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/call.h"
#include "api/list_tokens.h"
#include "base/result.h"
#include "remediate/resource_tags/resource_tags.h"

namespace tocsin::api::ssm {

/// The room's error as the service's: its reason is the code.
std::unexpected<ServiceError> to_service_error(const Error& error);

/// The key after which the page begins ("" at first), or InvalidNextToken.
std::expected<std::string, ServiceError> page_start(const Call& call, const ListTokens& pages);

std::vector<std::string> texts_at(const Document& input, std::string_view key);
Array to_array(const std::vector<std::string>& texts);

remediate::Tags tags_at(const Document& input, std::string_view key);
Array to_array(const remediate::Tags& tags);

}  // namespace tocsin::api::ssm
