#include "telemetry/logs/log_store.h"

#include <fmt/format.h>

namespace tocsin::telemetry {

Result<LogStreamId> ensure_stream(LogStore& store, const Scope& scope, const std::string& group_name, const std::string& stream_name) {
  const LogGroup* found = store.find_group(scope, group_name);
  LogGroupId group = found ? found->id : 0;
  if (!found) {
    auto made = store.create_group(scope, group_name, "STANDARD", {});
    if (!made) return std::unexpected(made.error());
    group = made->id;
  }
  if (const LogStream* stream = store.find_stream(group, stream_name)) return stream->id;
  auto made = store.create_stream(group, stream_name);
  if (!made) return std::unexpected(made.error());
  return made->id;
}

std::string event_id(LogGroupId group, const LogPosition& position) {
  return fmt::format("{:020}{:016}{:020}", position.time_ms, group, position.sequence);
}

std::vector<LogRow> read_all(LogStore& store, LogScanPlan plan) {
  std::vector<LogRow> rows;
  const auto scan = store.scan(std::move(plan));
  while (scan->next(rows)) {
  }
  return rows;
}

}  // namespace tocsin::telemetry
