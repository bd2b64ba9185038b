#include "api/log_push/pushed_logs.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "base/document.h"
#include "base/encoding.h"
#include "telemetry/logs/log_times.h"

namespace tocsin::api {
namespace {

using telemetry::LogEvent;
constexpr std::size_t batch_events = 10'000, batch_bytes = 4u << 20, name_length_max = 512;
constexpr const char* syslog_group = "/syslog";

std::string for_group(std::string text) {
  for (char& c : text)
    if (!std::isalnum(static_cast<unsigned char>(c)) && std::string_view(".-_/#").find(c) == std::string_view::npos) c = '_';
  return text.substr(0, name_length_max);
}

std::string for_stream(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == ':' || c == '*'; }, '_');
  return text.empty() ? "default" : text.substr(0, name_length_max);
}

Result<void> append(telemetry::LogStore& store, const Scope& scope, const std::string& group, const std::string& stream,
                    std::vector<LogEvent> events) {
  if (events.empty()) return {};
  const auto id = telemetry::ensure_stream(store, scope, group, stream);
  if (!id) return std::unexpected(id.error());
  std::stable_sort(events.begin(), events.end(), [](const LogEvent& a, const LogEvent& b) { return a.time_ms < b.time_ms; });
  std::vector<LogEvent> part;
  std::size_t bytes = 0;
  for (LogEvent& event : events) {
    bytes += event.message.size();
    part.push_back(std::move(event));
    if (part.size() < batch_events && bytes < batch_bytes) continue;
    if (auto kept = store.append(*id, part); !kept) return kept;
    part.clear();
    bytes = 0;
  }
  return store.append(*id, part);
}

/// Text that JSON can hold.
std::string as_utf8(const std::string& bytes) {
  if (is_utf8(bytes)) return bytes;
  std::string text;
  for (const char c : bytes) text += static_cast<unsigned char>(c) < 0x80 ? std::string(1, c) : "\xef\xbf\xbd";
  return text;
}

std::string syslog_message(const wire::SyslogMessage& message, const std::string& host) {
  Object out{
      {"severity", wire::severity_name_of_syslog(message.severity)}, {"facility", wire::facility_name(message.facility)}, {"host", host}};
  const auto put = [&](const char* key, const std::string& value) {
    if (!value.empty()) out[key] = as_utf8(value);
  };
  put("app", message.app);
  put("pid", message.process_id);
  put("msgid", message.message_id);
  if (!message.structured_data.empty()) {
    Object data;
    for (const auto& [id, parameters] : message.structured_data) {
      Object element;
      for (const auto& [name, value] : parameters) element[as_utf8(name)] = as_utf8(value);
      data[as_utf8(id)] = std::move(element);
    }
    out["structured_data"] = std::move(data);
  }
  out["message"] = as_utf8(message.text);
  return to_json(out);
}

}  // namespace

std::string loki_group(const wire::LokiLabels& labels) {
  for (const char* name : {"service_name", "app", "job", "container"})
    if (const auto label = labels.find(name); label != labels.end() && !label->second.empty()) return for_group("/loki/" + label->second);
  return "/loki/unknown";
}

std::string loki_stream(const wire::LokiLabels& labels) {
  std::string name;
  for (const auto& [key, value] : labels) name += (name.empty() ? "" : ",") + key + "=" + value;
  return for_stream(std::move(name));
}

Result<std::int64_t> keep_loki_streams(telemetry::LogStore& store, const Scope& scope, const std::vector<wire::LokiStream>& streams,
                                       Instant now) {
  std::int64_t rejected = 0;
  for (const wire::LokiStream& stream : streams) {
    std::vector<LogEvent> events;
    for (const wire::LokiEntry& entry : stream.entries) {
      const std::int64_t time_ms = entry.time_ns / 1'000'000;
      if (telemetry::judge_time(time_ms, to_ms(now), std::nullopt) != telemetry::TimeJudgement::taken)
        ++rejected;
      else
        events.push_back({time_ms, entry.line});
    }
    if (auto kept = append(store, scope, loki_group(stream.labels), loki_stream(stream.labels), std::move(events)); !kept)
      return std::unexpected(kept.error());
  }
  return rejected;
}

Result<void> keep_syslog(telemetry::LogStore& store, const Scope& scope, const std::vector<std::string>& messages,
                         const std::string& peer_address, Instant now, const std::vector<std::string>& groups) {
  std::map<std::string, std::vector<LogEvent>> of_host;
  for (const std::string& bytes : messages) {
    const wire::SyslogMessage message = wire::parse_syslog(bytes, now);
    const std::string host = as_utf8(message.host.empty() ? peer_address : message.host);
    std::int64_t time_ms = to_ms(message.time.value_or(now));
    // a host whose clock is wrong is still heard
    if (telemetry::judge_time(time_ms, to_ms(now), std::nullopt) != telemetry::TimeJudgement::taken) time_ms = to_ms(now);
    of_host[host].push_back({time_ms, syslog_message(message, host)});
  }
  for (auto& [host, events] : of_host)
    for (const std::string& group : groups.empty() ? std::vector<std::string>{std::string(syslog_group)} : groups)
      if (auto kept = append(store, scope, group, for_stream(host), events); !kept) return kept;
  return {};
}

}  // namespace tocsin::api
