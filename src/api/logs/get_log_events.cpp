#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "api/logs/answers.h"
#include "api/logs/operations.h"
#include "telemetry/logs/data_protection/data_masks.h"

namespace tocsin::api::logs {
namespace {

using telemetry::LogPosition;
using telemetry::LogRow;
constexpr std::size_t page_bytes_max = 1'048'576;
constexpr std::size_t event_overhead_bytes = 26;
// what one request may read of the other streams of the group; beyond it the page ends, with a token that goes on
constexpr std::uint64_t scan_bytes_max = 64u << 20;

/// "f/…/s" goes on behind the position, "b/…/s" ahead of it. Nothing is secret in them, and each names only its own stream's time.
std::string to_token(char direction, const LogPosition& position) {
  return fmt::format("{}/{:020}{:036}/s", direction, position.time_ms, position.sequence);
}

struct Token {
  bool forward;
  LogPosition position;
};

std::optional<Token> read_token(std::string_view text) {
  if (text.size() != 60 || (text[0] != 'f' && text[0] != 'b') || text[1] != '/' || !text.ends_with("/s")) return std::nullopt;
  std::string key = std::string(text.substr(2, 20)) + ':' + std::string(text.substr(22, 36));
  const auto position = position_of_key(key);
  if (!position) return std::nullopt;
  return Token{text[0] == 'f', *position};
}

struct Page {
  std::vector<LogRow> rows;
  std::optional<LogPosition> border;  ///< reading stopped here without finding all that it might
};

Page read_page(LogStore& store, telemetry::LogScanPlan plan, std::size_t limit) {
  Page page;
  std::size_t bytes = 0;
  const auto scan = store.scan(std::move(plan));
  for (bool more = true; more;) {
    std::vector<LogRow> rows;
    more = scan->next(rows);
    for (LogRow& row : rows) {
      bytes += row.message.size() + event_overhead_bytes;
      if (page.rows.size() == limit || (bytes > page_bytes_max && !page.rows.empty())) return page;
      page.rows.push_back(std::move(row));
    }
    if (more && scan->figures().bytes_scanned > scan_bytes_max) {
      page.border = scan->border();
      return page;
    }
  }
  return page;
}

}  // namespace

Reply get_log_events(LogRooms& rooms, const Call& call) {
  LogStore& store = rooms.store;
  const auto group = group_at(store, call);
  if (!group) return std::unexpected(group.error());
  if (auto may = refuse_reading(**group); !may) return std::unexpected(may.error());
  const auto stream = stream_named(store, **group, text_or(call.input, "logStreamName"));
  if (!stream) return std::unexpected(stream.error());
  telemetry::LogScanPlan plan{.groups = {(*group)->id}, .streams = {(*stream)->id}};
  plan.from_ms = std::max(integer_or(call.input, "startTime", 0), (*stream)->first_event_ms.value_or(0));
  plan.to_ms = std::min(integer_or(call.input, "endTime", INT64_MAX) - 1, (*stream)->last_event_ms.value_or(-1));

  std::optional<Token> token;
  if (const auto text = text_at(call.input, "nextToken")) {
    token = read_token(*text);
    if (!token) return invalid_parameter("The specified nextToken is invalid.");
  }
  plan.newest_first = token ? !token->forward : !truth_or(call.input, "startFromHead", false);
  if (token) (token->forward ? plan.after : plan.before) = token->position;
  const bool newest_first = plan.newest_first;
  Page page = read_page(store, std::move(plan), static_cast<std::size_t>(integer_or(call.input, "limit", 10'000)));
  if (newest_first) std::reverse(page.rows.begin(), page.rows.end());

  // at an end, the same token comes back
  const LogPosition here = token ? token->position : LogPosition{};
  LogPosition first = page.rows.empty() ? here : page.rows.front().position, last = page.rows.empty() ? here : page.rows.back().position;
  if (page.border && newest_first) first = {page.border->time_ms + 1, 0};
  if (page.border && !newest_first) last = {page.border->time_ms - 1, UINT64_MAX};
  const telemetry::DataMasks masks =
      truth_or(call.input, "unmask", false) ? telemetry::DataMasks() : telemetry::masks_of(rooms.settings, **group);
  Array events;
  for (const LogRow& row : page.rows)
    events.emplace_back(Object{{"timestamp", row.position.time_ms},
                               {"message", masks.empty() ? row.message : masks.masked(row.message, row.ingested_ms)},
                               {"ingestionTime", row.ingested_ms}});
  return Object{{"events", std::move(events)}, {"nextForwardToken", to_token('f', last)}, {"nextBackwardToken", to_token('b', first)}};
}

}  // namespace tocsin::api::logs
