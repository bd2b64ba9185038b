// What Incident Manager's operations share: errors in its shapes, pages of lists, filters.
// https://docs.aws.amazon.com/incident-manager/latest/APIReference/API_Filter.html
#pragma once

#include <string>
#include <vector>

#include "api/call.h"
#include "api/list_tokens.h"
#include "incidents/incident.h"

namespace tocsin::api::ssm_incidents {

std::unexpected<ServiceError> refuse_with(const Error& error, const std::string& resource_arn = {});
/// `type`: RESPONSE_PLAN INCIDENT_RECORD TIMELINE_EVENT REPLICATION_SET
std::unexpected<ServiceError> not_found(std::string type, const std::string& identifier);
inline std::unexpected<ServiceError> invalid(std::string message) { return refuse("ValidationException", std::move(message)); }

/// maxResults, 25 when absent.
std::size_t page_size(const Call& call);
/// The key behind nextToken, "" when there is none; an error for a forged one.
std::expected<std::string, ServiceError> page_start(const ListTokens& tokens, const Call& call);

/// The page that begins after `from` (an index as text) of a list held whole; `out` gets nextToken when more follows.
Array page_of(const ListTokens& tokens, const Call& call, const std::string& from, Array all, Object& out);

/// Whether a record with these members passes all `filters`: {key, condition {after|before|equals {integerValues|stringValues}}}.
bool passes(const Array& filters, const Document& record);

incidents::Tags tags_of(const Document& input, std::string_view member);

}  // namespace tocsin::api::ssm_incidents
