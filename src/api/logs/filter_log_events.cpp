#include <algorithm>
#include <boost/json.hpp>

#include "api/logs/answers.h"
#include "api/logs/operations.h"
#include "telemetry/logs/data_protection/data_masks.h"
#include "telemetry/logs/filters/filter_pattern.h"

namespace tocsin::api::logs {
namespace {

using telemetry::LogPosition;
using telemetry::LogRow;
constexpr std::size_t page_bytes_max = 1'048'576;
constexpr std::size_t streams_max = 100;
constexpr std::int64_t newest_first_since_ms = 1'704'067'200'000;
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
  std::optional<LogPosition> after;  ///< where the next page begins: behind it, or newest first ahead of it
};

Page read_page(LogStore& store, const telemetry::LogScanPlan& plan, const telemetry::FilterPattern& pattern,
               const telemetry::DataMasks& masks, std::size_t limit) {
  Page page;
  std::size_t bytes = 0;
  const auto scan = store.scan(plan);
  for (bool more = true; more;) {
    std::vector<LogRow> rows;
    more = scan->next(rows);
    for (LogRow& row : rows) {
      if (!masks.empty()) row.message = masks.masked(row.message, row.ingested_ms);
      if (!pattern.matches(row.message)) continue;
      bytes += row.message.size();
      if (page.rows.size() == limit || (bytes > page_bytes_max && !page.rows.empty())) {
        page.after = page.rows.back().position;
        return page;
      }
      page.rows.push_back(std::move(row));
    }
    if (more && scan->figures().bytes_scanned > scan_bytes_max) {
      page.after = plan.newest_first ? LogPosition{scan->border()->time_ms + 1, 0} : LogPosition{scan->border()->time_ms - 1, UINT64_MAX};
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

/// Tokens carry the direction: "+" onwards in time, "-" back.
void go_on(telemetry::LogScanPlan& plan, const std::string& key, bool from_head) {
  plan.newest_first = key.empty() ? !from_head : key[0] == '-';
  if (!key.empty()) (plan.newest_first ? plan.before : plan.after) = position_of_key(std::string_view(key).substr(1));
}

}  // namespace

Reply filter_log_events(LogRooms& rooms, const ListTokens& tokens, const Call& call) {
  LogStore& store = rooms.store;
  const auto group = group_at(store, call);
  if (!group) return std::unexpected(group.error());
  if (auto may = refuse_reading(**group); !may) return std::unexpected(may.error());
  auto streams = wanted_streams(store, **group, call);
  if (!streams) return std::unexpected(streams.error());
  const auto pattern = telemetry::FilterPattern::parse(text_or(call.input, "filterPattern"));
  if (!pattern) return invalid_parameter(pattern.error().message);
  const auto start = page_start(call, tokens);
  if (!start) return std::unexpected(start.error());

  telemetry::LogScanPlan plan{.groups = {(*group)->id}, .streams = std::move(*streams)};
  plan.from_ms = integer_or(call.input, "startTime", 0);
  plan.to_ms = integer_or(call.input, "endTime", INT64_MAX);
  if (plan.from_ms > plan.to_ms) return invalid_parameter("startTime must not be after endTime.");
  const bool from_head = truth_or(call.input, "startFromHead", true);
  if (start->empty() && !from_head && plan.from_ms < newest_first_since_ms)
    return invalid_parameter("startFromHead can be false only when startTime is on or after Jan 1, 2024 00:00:00 UTC.");
  go_on(plan, *start, from_head);
  const telemetry::DataMasks masks =
      truth_or(call.input, "unmask", false) ? telemetry::DataMasks() : telemetry::masks_of(rooms.settings, **group);
  // what is masked is not found by what it was
  if (masks.empty()) plan.literals = pattern->literals();
  const Page page = read_page(store, plan, *pattern, masks, static_cast<std::size_t>(integer_or(call.input, "limit", 10'000)));

  Array events;
  for (const LogRow& row : page.rows) events.emplace_back(to_document(store, row));
  Object out{{"events", std::move(events)}, {"searchedLogStreams", Array{}}};
  if (page.after) out["nextToken"] = tokens.seal(call, (plan.newest_first ? "-" : "+") + to_key(*page.after));
  return out;
}

}  // namespace tocsin::api::logs
