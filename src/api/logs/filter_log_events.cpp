#include <algorithm>
#include <boost/json.hpp>

#include "api/logs/answers.h"
#include "api/logs/operations.h"
#include "telemetry/logs/filters/filter_pattern.h"

namespace tocsin::api::logs {
namespace {

using telemetry::LogPosition;
using telemetry::LogRow;
constexpr std::size_t page_bytes_max = 1'048'576;
constexpr std::size_t streams_max = 100;
// what one request may read; beyond it the page ends, perhaps empty, with a token that goes on
constexpr std::uint64_t scan_bytes_max = 16u << 20;

Checked<std::vector<telemetry::LogStreamId>> wanted_streams(LogStore& store, const telemetry::LogGroup& group, const Call& call) {
  const Array& names = array_at(call.input, "logStreamNames");
  const auto prefix = text_at(call.input, "logStreamNamePrefix");
  if (prefix && !names.empty()) return invalid_parameter("Only one of logStreamNames or logStreamNamePrefix can be specified.");
  if (names.size() > streams_max) return invalid_parameter("At most 100 logStreamNames are allowed.");
  std::vector<telemetry::LogStreamId> ids;
  for (const Document& name : names) {
    const auto stream = stream_named(store, group, std::string(name.get_string()));
    if (!stream) return std::unexpected(stream.error());
    ids.push_back((*stream)->id);
  }
  if (prefix)
    for (const telemetry::LogStream& stream : store.streams(group.id))
      if (stream.name.starts_with(*prefix)) ids.push_back(stream.id);
  // no stream at all has id 0
  if (prefix && ids.empty()) ids.push_back(0);
  return ids;
}

struct Page {
  std::vector<LogRow> rows;
  std::optional<LogPosition> after;  ///< where the next page begins
};

Page read_page(LogStore& store, const telemetry::LogScanPlan& plan, const telemetry::FilterPattern& pattern, std::size_t limit) {
  Page page;
  std::size_t bytes = 0;
  const auto scan = store.scan(plan);
  for (bool more = true; more;) {
    std::vector<LogRow> rows;
    more = scan->next(rows);
    for (LogRow& row : rows) {
      if (!pattern.matches(row.message)) continue;
      bytes += row.message.size();
      if (page.rows.size() == limit || (bytes > page_bytes_max && !page.rows.empty())) {
        page.after = page.rows.back().position;
        return page;
      }
      page.rows.push_back(std::move(row));
    }
    if (more && scan->figures().bytes_scanned > scan_bytes_max) {
      page.after = LogPosition{scan->border()->time_ms - 1, UINT64_MAX};
      return page;
    }
  }
  return page;
}

Object to_document(LogStore& store, const LogRow& row) {
  const telemetry::LogStream* stream = store.stream(row.stream);
  return {{"logStreamName", stream ? stream->name : ""},
          {"timestamp", row.position.time_ms},
          {"message", row.message},
          {"ingestionTime", row.ingested_ms},
          {"eventId", event_id(row)}};
}

}  // namespace

Reply filter_log_events(LogStore& store, const ListTokens& tokens, const Call& call) {
  const auto group = group_at(store, call);
  if (!group) return std::unexpected(group.error());
  auto streams = wanted_streams(store, **group, call);
  if (!streams) return std::unexpected(streams.error());
  const auto pattern = telemetry::FilterPattern::parse(text_or(call.input, "filterPattern"));
  if (!pattern) return invalid_parameter(pattern.error().message);
  const auto start = page_start(call, tokens);
  if (!start) return std::unexpected(start.error());

  telemetry::LogScanPlan plan{.groups = {(*group)->id}, .streams = std::move(*streams)};
  plan.from_ms = integer_or(call.input, "startTime", 0);
  plan.to_ms = integer_or(call.input, "endTime", INT64_MAX);
  plan.literals = pattern->literals();
  if (!start->empty()) plan.after = position_of_key(*start);
  const Page page = read_page(store, plan, *pattern, static_cast<std::size_t>(integer_or(call.input, "limit", 10'000)));

  Array events;
  for (const LogRow& row : page.rows) events.emplace_back(to_document(store, row));
  Object out{{"events", std::move(events)}, {"searchedLogStreams", Array{}}};
  if (page.after) out["nextToken"] = tokens.seal(call, to_key(*page.after));
  return out;
}

}  // namespace tocsin::api::logs
