// The operations of CloudWatch Logs on what accounts set: filters, destinations, policies; and what they share.
#pragma once

#include <functional>

#include "api/call.h"
#include "api/list_tokens.h"
#include "api/logs/rooms.h"

namespace tocsin::api::logs {

Reply put_metric_filter(LogRooms& rooms, const Call& call);
Reply describe_metric_filters(LogRooms& rooms, const ListTokens& tokens, const Call& call);
Reply delete_metric_filter(LogRooms& rooms, const Call& call);
Reply test_metric_filter(LogRooms& rooms, const Call& call);

Reply put_subscription_filter(LogRooms& rooms, const Call& call);
Reply describe_subscription_filters(LogRooms& rooms, const ListTokens& tokens, const Call& call);
Reply delete_subscription_filter(LogRooms& rooms, const Call& call);

Reply put_destination(LogRooms& rooms, const Call& call);
Reply put_destination_policy(LogRooms& rooms, const Call& call);
Reply describe_destinations(LogRooms& rooms, const ListTokens& tokens, const Call& call);
Reply delete_destination(LogRooms& rooms, const Call& call);
/// Whether the destination's own policy lets `principal` subscribe to it.
bool destination_allows(const Document& destination, const Principal& principal, const std::string& arn);

/// The answer's member names a stream of rooms.streams.
Reply start_live_tail(LogRooms& rooms, const Call& call);

// --- what they share

std::unexpected<ServiceError> limit_exceeded();
/// InvalidOperationException when the group is of a class that has no such thing.
std::expected<void, ServiceError> refuse_infrequent_access(const telemetry::LogGroup& group, std::string_view what);
/// At most five filters with regular expressions are allowed in a group; `kind` and `name` are of the one that is put.
bool may_have_regex(telemetry::LogSettings& settings, const telemetry::LogGroup& group, std::string_view kind, const std::string& name);

struct Listing {
  std::string_view kind;
  std::optional<std::string> owner;
  std::string prefix;
  std::string_view member;  ///< of the output
  std::string_view limit = "limit";
  std::size_t limit_default = 50;
};
/// A page of settings for which `wanted` holds, in the order of names.
Reply list_settings(telemetry::LogSettings& settings, const ListTokens& tokens, const Call& call, const Listing& listing,
                    const std::function<Object(const telemetry::LogSetting&)>& to_document,
                    const std::function<bool(const telemetry::LogSetting&)>& wanted = {});

/// Tags of what is no log group, by its ARN.
void put_tags(telemetry::LogSettings& settings, const Scope& scope, const std::string& arn, const Object& tags);
Object tags_of(telemetry::LogSettings& settings, const Scope& scope, const std::string& arn);
void remove_tags(telemetry::LogSettings& settings, const Scope& scope, const std::string& arn);

}  // namespace tocsin::api::logs
