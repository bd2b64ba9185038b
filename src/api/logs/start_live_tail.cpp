// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartLiveTail.html
#include <boost/json.hpp>

#include "api/logs/answers.h"
#include "api/logs/setting_operations.h"
#include "model/arn.h"
#include "telemetry/logs/live_tail/live_tails.h"
#include "wire/http/body_stream.h"

namespace tocsin::api::logs {
namespace {

std::vector<std::string> texts_at(const Document& input, std::string_view key) {
  std::vector<std::string> texts;
  for (const Document& each : array_at(input, key)) texts.emplace_back(each.get_string());
  return texts;
}

Checked<void> add_group(LogRooms& rooms, const Call& call, const std::string& identifier, telemetry::LiveTailRequest& request) {
  const auto arn = parse_arn(identifier);
  if (!arn || arn->service != "logs" || !arn->resource.starts_with("log-group:"))
    return invalid_parameter("Invalid log group identifier '" + identifier + "': specify log groups by their ARN.");
  if (identifier.ends_with("*")) return invalid_parameter("The ARN of a log group must not end with an asterisk (*).");
  if (arn->account != call.scope.account || arn->region != call.scope.region)
    return refuse("ResourceNotFoundException", "The specified log group does not exist.");
  const auto group = group_named(rooms.store, call.scope, group_name_of(identifier));
  if (!group) return std::unexpected(group.error());
  if (auto fits = refuse_infrequent_access(**group, "Live Tail sessions"); !fits) return fits;
  request.group_identifiers.push_back(identifier);
  request.groups.push_back((*group)->id);
  return {};
}

}  // namespace

Reply start_live_tail(LogRooms& rooms, const Call& call) {
  telemetry::LiveTailRequest request{.scope = call.scope,
                                     .group_identifiers = {},
                                     .groups = {},
                                     .stream_names = texts_at(call.input, "logStreamNames"),
                                     .stream_prefixes = texts_at(call.input, "logStreamNamePrefixes"),
                                     .filter_pattern = text_or(call.input, "logEventFilterPattern"),
                                     .filter = {}};
  for (const std::string& identifier : texts_at(call.input, "logGroupIdentifiers"))
    if (auto added = add_group(rooms, call, identifier, request); !added) return std::unexpected(added.error());
  if (!request.stream_names.empty() && !request.stream_prefixes.empty())
    return invalid_parameter("logStreamNames and logStreamNamePrefixes are mutually exclusive parameters.");
  if ((!request.stream_names.empty() || !request.stream_prefixes.empty()) && request.groups.size() > 1)
    return invalid_parameter("logStreamNames and logStreamNamePrefixes can be specified only with one log group.");
  auto filter = telemetry::FilterPattern::parse(request.filter_pattern);
  if (!filter) {
    const std::string& words = filter.error().message;
    return invalid_parameter(words.starts_with("Invalid filter pattern") ? words : "Invalid filter pattern: " + words);
  }
  if (!request.filter_pattern.empty()) request.filter = std::move(*filter);
  auto stream = rooms.tails.open(std::move(request), call.request_id);
  if (!stream) return to_service_error(stream.error());
  const std::string name = "live-tail:" + call.request_id;
  rooms.streams.add(name, std::move(*stream));
  return Object{{"responseStream", name}};
}

}  // namespace tocsin::api::logs
