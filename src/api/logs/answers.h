// What the operations of CloudWatch Logs share: groups and streams by what callers name them with, and errors in the service's words.
#pragma once

#include <string>
#include <string_view>

#include "api/call.h"
#include "api/list_tokens.h"
#include "telemetry/logs/log_store.h"

namespace tocsin::api::logs {

template <typename T>
using Checked = std::expected<T, ServiceError>;

inline auto invalid_parameter(std::string words) { return refuse("InvalidParameterException", std::move(words)); }
std::unexpected<ServiceError> to_service_error(const Error& error);

/// arn:aws:logs:REGION:ACCOUNT:log-group:NAME
std::string group_arn(const telemetry::LogGroup& group);
/// The name in an ARN of a group, with or without ":*", or the text itself.
std::string group_name_of(std::string_view identifier);
/// The group of that name, or ResourceNotFoundException.
Checked<const telemetry::LogGroup*> group_named(telemetry::LogStore& store, const Scope& scope, const std::string& name);
/// The group that logGroupName or logGroupIdentifier names; one of them must be there.
Checked<const telemetry::LogGroup*> group_at(telemetry::LogStore& store, const Call& call);
/// Groups of the Infrequent Access class can only be queried.
Checked<void> refuse_reading(const telemetry::LogGroup& group);
Checked<const telemetry::LogStream*> stream_named(telemetry::LogStore& store, const telemetry::LogGroup& group, const std::string& name);

/// The key after which the page begins ("" at first), or InvalidParameterException.
Checked<std::string> page_start(const Call& call, const ListTokens& tokens);

/// "TIME_MS:SEQUENCE", for tokens.
std::string to_key(const telemetry::LogPosition& position);
std::optional<telemetry::LogPosition> position_of_key(std::string_view key);
std::string event_id(const telemetry::LogRow& row);

}  // namespace tocsin::api::logs
