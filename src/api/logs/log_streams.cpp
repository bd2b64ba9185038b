#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "api/logs/answers.h"
#include "api/logs/operations.h"

namespace tocsin::api::logs {
namespace {

constexpr std::size_t page_default = 50;

Object to_document(const telemetry::LogGroup& group, const telemetry::LogStream& stream) {
  // storedBytes of streams is always 0, as the service has it since 2019
  Object out{{"logStreamName", stream.name},
             {"creationTime", stream.created_ms},
             {"arn", group_arn(group) + ":log-stream:" + stream.name},
             {"storedBytes", 0}};
  if (stream.first_event_ms) out["firstEventTimestamp"] = *stream.first_event_ms;
  if (stream.last_event_ms) out["lastEventTimestamp"] = *stream.last_event_ms;
  if (stream.last_ingestion_ms) {
    out["lastIngestionTime"] = *stream.last_ingestion_ms;
    out["uploadSequenceToken"] = fmt::format("{:056}", *stream.last_ingestion_ms);
  }
  return out;
}

/// What a listing is sorted by, unique within the group.
std::string sort_key(const telemetry::LogStream& stream, bool by_time) {
  return by_time ? fmt::format("{:020}{}", stream.last_event_ms.value_or(0), stream.name) : stream.name;
}

}  // namespace

Reply create_log_stream(LogStore& store, const Call& call) {
  auto group = group_named(store, call.scope, text_or(call.input, "logGroupName"));
  if (!group) return std::unexpected(group.error());
  if (auto made = store.create_stream((*group)->id, text_or(call.input, "logStreamName")); !made) return to_service_error(made.error());
  return Object{};
}

Reply describe_log_streams(LogStore& store, const ListTokens& tokens, const Call& call) {
  const auto group = group_at(store, call);
  if (!group) return std::unexpected(group.error());
  const bool by_time = text_or(call.input, "orderBy", "LogStreamName") == "LastEventTime",
             descending = truth_or(call.input, "descending", false);
  const auto prefix = text_at(call.input, "logStreamNamePrefix");
  if (by_time && prefix) return invalid_parameter("Cannot order by LastEventTime with a logStreamNamePrefix.");
  const auto start = page_start(call, tokens);
  if (!start) return std::unexpected(start.error());

  std::vector<std::pair<std::string, telemetry::LogStream>> streams;
  for (telemetry::LogStream& stream : store.streams((*group)->id)) {
    if (prefix && !stream.name.starts_with(*prefix)) continue;
    std::string key = sort_key(stream, by_time);
    if (start->empty() || (descending ? key < *start : key > *start)) streams.emplace_back(std::move(key), std::move(stream));
  }
  std::sort(streams.begin(), streams.end(),
            [&](const auto& a, const auto& b) { return descending ? a.first > b.first : a.first < b.first; });

  const auto limit = static_cast<std::size_t>(integer_or(call.input, "limit", page_default));
  Array page;
  for (std::size_t i = 0; i < std::min(limit, streams.size()); ++i) page.emplace_back(to_document(**group, streams[i].second));
  Object out{{"logStreams", std::move(page)}};
  if (streams.size() > limit) out["nextToken"] = tokens.seal(call, streams[limit - 1].first);
  return out;
}

Reply delete_log_stream(LogStore& store, const Call& call) {
  auto group = group_named(store, call.scope, text_or(call.input, "logGroupName"));
  if (!group) return std::unexpected(group.error());
  if (auto done = store.delete_stream((*group)->id, text_or(call.input, "logStreamName")); !done) return to_service_error(done.error());
  return Object{};
}

}  // namespace tocsin::api::logs
