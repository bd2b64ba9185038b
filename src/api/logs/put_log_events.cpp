#include <fmt/format.h>

#include <boost/json.hpp>

#include "api/logs/answers.h"
#include "api/logs/operations.h"
#include "telemetry/logs/log_times.h"

namespace tocsin::api::logs {
namespace {

using telemetry::LogEvent;
using telemetry::TimeJudgement;
constexpr std::size_t events_max = 10'000;
constexpr std::size_t batch_bytes_max = 1'048'576;
constexpr std::size_t event_overhead_bytes = 26;
constexpr std::int64_t span_ms_max = 24 * 3'600'000;

Checked<std::vector<LogEvent>> read_events(const Call& call) {
  std::vector<LogEvent> events;
  std::size_t bytes = 0;
  for (const Document& each : array_at(call.input, "logEvents")) {
    events.push_back({integer_or(each, "timestamp", 0), text_or(each, "message")});
    bytes += events.back().message.size() + event_overhead_bytes;
    if (events.size() > 1 && events.back().time_ms < events[events.size() - 2].time_ms)
      return invalid_parameter("Log events in a single PutLogEvents request must be in chronological order.");
  }
  if (events.size() > events_max) return invalid_parameter("Log events in a single PutLogEvents request cannot exceed 10000.");
  if (bytes > batch_bytes_max)
    return invalid_parameter(fmt::format("Upload too large: {} bytes exceeds limit of {}", bytes, batch_bytes_max));
  if (!events.empty() && events.back().time_ms - events.front().time_ms > span_ms_max)
    return invalid_parameter("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
  return events;
}

/// Takes out what is too old or too new, and tells where. Events are in order of time, so that the old ones stand first and the new ones
/// last.
Object reject(std::vector<LogEvent>& events, std::int64_t now_ms, std::optional<std::int64_t> retention_days) {
  Object info;
  std::vector<LogEvent> taken;
  for (std::size_t i = 0; i < events.size(); ++i) switch (telemetry::judge_time(events[i].time_ms, now_ms, retention_days)) {
      case TimeJudgement::taken:
        taken.push_back(std::move(events[i]));
        break;
      case TimeJudgement::too_old:
        info["tooOldLogEventEndIndex"] = i + 1;
        break;
      case TimeJudgement::expired:
        info["expiredLogEventEndIndex"] = i + 1;
        break;
      case TimeJudgement::too_new:
        if (!info.contains("tooNewLogEventStartIndex")) info["tooNewLogEventStartIndex"] = i;
    }
  events = std::move(taken);
  return info;
}

}  // namespace

Reply put_log_events(LogStore& store, const Call& call) {
  const auto group = group_named(store, call.scope, text_or(call.input, "logGroupName"));
  if (!group) return std::unexpected(group.error());
  const auto stream = stream_named(store, **group, text_or(call.input, "logStreamName"));
  if (!stream) return std::unexpected(stream.error());
  auto events = read_events(call);
  if (!events) return std::unexpected(events.error());
  Object rejected = reject(*events, to_ms(call.now), (*group)->retention_days);
  if (auto kept = store.append((*stream)->id, *events); !kept) return to_service_error(kept.error());
  // sequence tokens mean nothing any more, but old clients want one
  Object out{{"nextSequenceToken", fmt::format("{:056}", to_ms(call.now))}};
  if (!rejected.empty()) out["rejectedLogEventsInfo"] = std::move(rejected);
  return out;
}

}  // namespace tocsin::api::logs
