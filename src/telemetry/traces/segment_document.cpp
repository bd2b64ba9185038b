#include "telemetry/traces/segment_document.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>

#include "base/letters.h"

namespace tocsin::telemetry {
namespace {
using namespace std::chrono_literals;

// clocks differ
constexpr Duration early_max = 1h;
constexpr std::size_t name_length_max = 200;

// letters and digits of any script, white space and these
bool is_name(std::string_view name) {
  return std::ranges::all_of(name, [](unsigned char c) {
    return c >= 0x80 || std::isalnum(c) || std::isspace(c) ||
           std::string_view("_.:/%&#=+\\-@").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

std::optional<Instant> time_at(const Document& document, std::string_view key) {
  const Document* value = find(document, key);
  const auto seconds = value ? as_number(*value) : std::nullopt;
  if (!seconds || !std::isfinite(*seconds) || *seconds < 0 || *seconds > 9e9) return std::nullopt;
  return instant_from_s(*seconds);
}

// the first fault, or none
std::string fault_of_times(const Document& document, SegmentDocument& out) {
  const auto start = time_at(document, "start_time");
  if (!start) return find(document, "start_time") ? "InvalidStartTime" : "MissingStartTime";
  out.start = out.end = *start;
  out.in_progress = truth_or(document, "in_progress", false);
  if (!find(document, "end_time")) return out.in_progress ? "" : "MissingEndTime";
  const auto end = time_at(document, "end_time");
  if (!end || *end < *start) return "InvalidEndTime";
  out.end = *end;
  out.in_progress = false;
  return {};
}

std::string fault_of(const Document& document, Instant now, SegmentDocument& out) {
  const auto id = text_at(document, "id");
  if (!id || id->empty()) return "MissingId";
  if (id->size() != 16 || !is_hex(*id)) return "InvalidId";
  out.id = lower_case(*id);
  const auto trace_id = text_at(document, "trace_id");
  if (!trace_id || trace_id->empty()) return "MissingTraceId";
  const auto at = trace_id_time(*trace_id);
  if (!at || *at < now - trace_kept_for || *at > now + early_max) return "InvalidTraceId";
  out.trace_id = lower_case(*trace_id);
  const auto name = text_at(document, "name");
  if (!name || name->empty()) return "MissingName";
  if (name->size() > name_length_max || !is_name(*name)) return "InvalidName";
  const auto parent = text_at(document, "parent_id");
  if (parent && (parent->size() != 16 || !is_hex(*parent))) return "InvalidParentId";
  if (text_or(document, "type") == "subsegment" && !parent) return "MissingParentId";
  return fault_of_times(document, out);
}
}  // namespace

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
}

Instant instant_from_s(double seconds) { return instant_from_ns(static_cast<std::int64_t>(std::llround(seconds * 1e6)) * 1000); }
double to_s(Instant at) { return static_cast<double>(to_ns(at) / 1000) / 1e6; }

std::optional<Instant> trace_id_time(std::string_view id) {
  if (id.size() != 35 || id[0] != '1' || id[1] != '-' || id[10] != '-' || !is_hex(id.substr(2, 8)) || !is_hex(id.substr(11)))
    return std::nullopt;
  std::uint32_t seconds = 0;
  std::from_chars(id.data() + 2, id.data() + 10, seconds, 16);
  return instant_from_ns(std::int64_t{seconds} * 1'000'000'000);
}

std::expected<SegmentDocument, SegmentFault> read_segment(std::string_view text, Instant now) {
  if (text.size() > segment_bytes_max) return std::unexpected(SegmentFault{{}, "SegmentTooLarge"});
  auto document = parse_json(text);
  if (!document || !(document->is_object() || document->is_array())) return std::unexpected(SegmentFault{{}, "ParseError"});
  SegmentDocument out;
  if (const std::string code = fault_of(*document, now, out); !code.empty())
    return std::unexpected(SegmentFault{text_or(*document, "id"), code});
  Object& object = document->get_object();
  object["id"] = out.id;
  object["trace_id"] = out.trace_id;
  if (auto* parent = object.if_contains("parent_id")) *parent = lower_case(std::string_view(parent->get_string()));
  out.text = to_json(*document);
  return out;
}

}  // namespace tocsin::telemetry
