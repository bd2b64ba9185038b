#include "api/logs/answers.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <charconv>

#include "model/arn.h"

namespace tocsin::api::logs {

std::unexpected<ServiceError> to_service_error(const Error& error) {
  switch (error.kind) {
    case ErrorKind::not_found:
      return refuse("ResourceNotFoundException", error.message);
    case ErrorKind::already_exists:
      return refuse("ResourceAlreadyExistsException", error.message);
    case ErrorKind::denied:
      return refuse("AccessDeniedException", error.message, 400);
    case ErrorKind::limit_exceeded:
      return refuse("LimitExceededException", error.message);
    case ErrorKind::unavailable:
    case ErrorKind::internal:
      return refuse("ServiceUnavailableException", error.message, 503);
    default:
      return invalid_parameter(error.message);
  }
}

std::string group_arn(const telemetry::LogGroup& group) { return make_arn("logs", group.scope, "log-group:" + group.name); }

std::string group_name_of(std::string_view identifier) {
  if (const auto arn = parse_arn(identifier); arn && arn->service == "logs" && arn->resource.starts_with("log-group:")) {
    std::string name = arn->resource.substr(10);
    if (name.ends_with(":*")) name.resize(name.size() - 2);
    return name;
  }
  return std::string(identifier);
}

Checked<const telemetry::LogGroup*> group_named(telemetry::LogStore& store, const Scope& scope, const std::string& name) {
  const telemetry::LogGroup* group = store.find_group(scope, name);
  if (!group) return refuse("ResourceNotFoundException", "The specified log group does not exist.");
  return group;
}

Checked<const telemetry::LogGroup*> group_at(telemetry::LogStore& store, const Call& call) {
  const auto name = text_at(call.input, "logGroupName"), identifier = text_at(call.input, "logGroupIdentifier");
  if (name && identifier) return invalid_parameter("LogGroup name and LogGroup identifier are mutually exclusive parameters.");
  if (!name && !identifier) return invalid_parameter("Either logGroupName or logGroupIdentifier must be specified.");
  return group_named(store, call.scope, name ? *name : group_name_of(*identifier));
}

Checked<const telemetry::LogStream*> stream_named(telemetry::LogStore& store, const telemetry::LogGroup& group, const std::string& name) {
  const telemetry::LogStream* stream = store.find_stream(group.id, name);
  if (!stream) return refuse("ResourceNotFoundException", "The specified log stream does not exist.");
  return stream;
}

Checked<void> refuse_reading(const telemetry::LogGroup& group) {
  if (group.log_group_class != "INFREQUENT_ACCESS") return {};
  return invalid_parameter(
      "GetLogEvents and FilterLogEvents are not supported for log groups of the INFREQUENT_ACCESS log class: query them with StartQuery.");
}

Checked<std::string> page_start(const Call& call, const ListTokens& tokens) {
  const auto token = text_at(call.input, "nextToken");
  if (!token) return std::string();
  auto start = tokens.open(call, *token);
  if (!start) return invalid_parameter("The specified nextToken is invalid.");
  return *start;
}

std::string to_key(const telemetry::LogPosition& position) { return fmt::format("{}:{}", position.time_ms, position.sequence); }

std::optional<telemetry::LogPosition> position_of_key(std::string_view key) {
  telemetry::LogPosition position;
  const char* end = key.data() + key.size();
  const auto time = std::from_chars(key.data(), end, position.time_ms);
  if (time.ec != std::errc() || time.ptr == end || *time.ptr != ':') return std::nullopt;
  const auto sequence = std::from_chars(time.ptr + 1, end, position.sequence);
  if (sequence.ec != std::errc() || sequence.ptr != end) return std::nullopt;
  return position;
}

std::string event_id(const telemetry::LogRow& row) { return telemetry::event_id(row.group, row.position); }

}  // namespace tocsin::api::logs
