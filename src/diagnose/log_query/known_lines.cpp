#include <re2/re2.h>

#include <array>

#include "diagnose/log_query/discovery.h"

namespace tocsin::diagnose {
namespace {

using Fields = std::vector<std::pair<std::string, Value>>;

/// At most `max` + 1 parts between single blanks.
std::vector<std::string_view> parts_of(std::string_view message, std::size_t max) {
  std::vector<std::string_view> parts;
  while (!message.empty() && (message.back() == '\n' || message.back() == '\r')) message.remove_suffix(1);
  while (parts.size() <= max) {
    const std::size_t end = message.find(' ');
    parts.push_back(message.substr(0, end));
    if (end == std::string_view::npos) break;
    message.remove_prefix(end + 1);
  }
  return parts;
}

template <std::size_t count>
Fields named(const std::array<const char*, count>& names, const std::vector<std::string_view>& parts) {
  Fields fields;
  for (std::size_t i = 0; i < count; ++i) fields.emplace_back(names[i], std::string(parts[i]));
  return fields;
}

Fields flow_record(std::string_view message) {
  static constexpr std::array names = {"version",  "accountId", "interfaceId", "srcAddr",   "dstAddr", "srcPort", "dstPort",
                                       "protocol", "packets",   "bytes",       "startTime", "endTime", "action",  "logStatus"};
  const auto parts = parts_of(message, names.size());
  if (parts.size() != names.size() || !number_in(parts[0]) || !parts[2].starts_with("eni-")) return {};
  Fields fields = named(names, parts);
  fields.emplace_back("start", std::string(parts[10]));
  fields.emplace_back("end", std::string(parts[11]));
  return fields;
}

Fields dns_record(std::string_view message) {
  static constexpr std::array names = {"version",      "queryTimestamp", "hostZoneId",   "queryName",  "queryType",
                                       "responseCode", "protocol",       "edgeLocation", "resolverIp", "ednsClientSubnet"};
  const auto parts = parts_of(message, names.size());
  if (parts.size() != names.size() || parts[0] != "1.0" || parts[1].size() < 20 || parts[1][10] != 'T') return {};
  return named(names, parts);
}

void add_number(Fields& fields, const char* name, std::string_view message, const re2::RE2& form, double factor) {
  std::string text;
  if (!re2::RE2::PartialMatch(re2::StringPiece(message.data(), message.size()), form, &text)) return;
  if (const auto number = number_in(text)) fields.emplace_back(name, *number * factor);
}

void add_text(Fields& fields, const char* name, std::string_view message, const re2::RE2& form) {
  std::string text;
  if (re2::RE2::PartialMatch(re2::StringPiece(message.data(), message.size()), form, &text)) fields.emplace_back(name, std::move(text));
}

/// REPORT, START, END and INIT_START of the platform, and lines of the runtimes that begin with time and request.
Fields lambda_line(std::string_view message) {
  static const re2::RE2 request("RequestId: ([0-9a-fA-F-]{8,})"), duration("[\\t ]Duration: ([0-9.]+) ms"),
      billed("Billed Duration: ([0-9.]+) ms"), memory("Memory Size: ([0-9]+) MB"), used("Max Memory Used: ([0-9]+) MB"),
      init("Init Duration: ([0-9.]+) ms"), trace("XRAY TraceId: (\\S+)"), segment("SegmentId: (\\S+)"),
      runtime_line("^(?:\\[\\w+\\]\\t)?\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\\t([0-9a-f]{8}-[0-9a-f-]{27})\\t");
  Fields fields;
  for (const char* type : {"REPORT", "START", "END"})
    if (message.starts_with(type) && message.substr(std::string_view(type).size()).starts_with(" RequestId: "))
      fields.emplace_back("@type", type);
  if (message.starts_with("INIT_START ")) fields.emplace_back("@type", "INIT_START");
  if (fields.empty()) {
    if (message.find('\t') < 40) add_text(fields, "@requestId", message, runtime_line);
    return fields;
  }
  add_text(fields, "@requestId", message, request);
  if (std::get<std::string>(fields[0].second) != "REPORT") return fields;
  constexpr double bytes_of_mb = 1'000'000;
  add_number(fields, "@duration", message, duration, 1);
  add_number(fields, "@billedDuration", message, billed, 1);
  add_number(fields, "@memorySize", message, memory, bytes_of_mb);
  add_number(fields, "@maxMemoryUsed", message, used, bytes_of_mb);
  add_number(fields, "@initDuration", message, init, 1);
  add_text(fields, "@xrayTraceId", message, trace);
  add_text(fields, "@xraySegmentId", message, segment);
  return fields;
}

}  // namespace

Fields fields_of_known_line(std::string_view message) {
  if (message.empty()) return {};
  const char first = message[0];
  if (first >= '0' && first <= '9') {
    if (Fields fields = flow_record(message); !fields.empty()) return fields;
    if (Fields fields = dns_record(message); !fields.empty()) return fields;
  }
  return lambda_line(message);
}

}  // namespace tocsin::diagnose
