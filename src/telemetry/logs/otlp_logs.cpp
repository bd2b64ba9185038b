#include "telemetry/logs/otlp_logs.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "telemetry/logs/log_times.h"

namespace tocsin::telemetry {
namespace {

constexpr std::size_t batch_events = 10'000;
constexpr std::size_t batch_bytes = 4u << 20;
constexpr std::size_t name_length_max = 512;

std::string attribute(const wire::otlp::ResourceLogs& logs, std::string_view key) { return text_or(logs.resource.attributes, key); }

/// Letters that names of groups may have; others become '_'.
std::string group_name(const wire::otlp::ResourceLogs& logs) {
  std::string service = attribute(logs, "service.name");
  if (service.empty()) service = "unknown";
  for (char& c : service)
    if (!std::isalnum(static_cast<unsigned char>(c)) && std::string_view(".-_/#").find(c) == std::string_view::npos) c = '_';
  return ("/otlp/" + service).substr(0, name_length_max);
}

std::string stream_name(const wire::otlp::ResourceLogs& logs) {
  std::string name = attribute(logs, "host.name");
  if (name.empty()) name = attribute(logs, "service.instance.id");
  if (name.empty()) name = "default";
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == ':' || c == '*'; }, '_');
  return name.substr(0, name_length_max);
}

Result<void> append_in_parts(LogStore& store, LogStreamId stream, std::vector<LogEvent> events) {
  std::stable_sort(events.begin(), events.end(), [](const LogEvent& a, const LogEvent& b) { return a.time_ms < b.time_ms; });
  std::vector<LogEvent> part;
  std::size_t bytes = 0;
  for (LogEvent& event : events) {
    bytes += event.message.size();
    part.push_back(std::move(event));
    if (part.size() < batch_events && bytes < batch_bytes) continue;
    if (auto kept = store.append(stream, part); !kept) return kept;
    part.clear();
    bytes = 0;
  }
  return store.append(stream, part);
}

}  // namespace

std::string_view severity_name(int severity_number) {
  constexpr std::array<std::string_view, 6> names = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"};
  if (severity_number < 1 || severity_number > 24) return {};
  return names[static_cast<std::size_t>(severity_number - 1) / 4];
}

std::string otlp_log_message(const wire::otlp::ResourceLogs& logs, const wire::otlp::LogRecord& record) {
  Object message;
  const auto put = [&](std::string_view key, std::string_view text) {
    if (!text.empty()) message[key] = text;
  };
  put("severity", record.severity_text.empty() ? severity_name(record.severity_number) : std::string_view(record.severity_text));
  if (record.severity_number > 0) message["severity_number"] = record.severity_number;
  if (!record.body.is_null()) message["body"] = record.body;
  put("trace_id", record.trace_id);
  put("span_id", record.span_id);
  put("scope", logs.scope_name);
  for (const auto& [key, value] : record.attributes)
    if (!message.contains(key)) message[key] = value;
  return to_json(message);
}

Result<std::int64_t> keep_otlp_logs(LogStore& store, const Scope& scope, const std::vector<wire::otlp::ResourceLogs>& batches,
                                    Instant now) {
  std::int64_t rejected = 0;
  for (const wire::otlp::ResourceLogs& logs : batches) {
    std::vector<LogEvent> events;
    for (const wire::otlp::LogRecord& record : logs.records) {
      // without any time it is of now
      const std::int64_t time_ms = to_ms(record.time_ns == 0 ? now : instant_from_ns(record.time_ns));
      if (judge_time(time_ms, to_ms(now), std::nullopt) != TimeJudgement::taken)
        ++rejected;
      else
        events.push_back({time_ms, otlp_log_message(logs, record)});
    }
    if (events.empty()) continue;
    const auto stream = ensure_stream(store, scope, group_name(logs), stream_name(logs));
    if (!stream) return std::unexpected(stream.error());
    if (auto kept = append_in_parts(store, *stream, std::move(events)); !kept) return std::unexpected(kept.error());
  }
  return rejected;
}

}  // namespace tocsin::telemetry
