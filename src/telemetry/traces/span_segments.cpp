#include "telemetry/traces/span_segments.h"

#include <boost/json.hpp>

#include "base/encoding.h"
#include "telemetry/traces/span_detail.h"
#include "telemetry/traces/span_metrics.h"

namespace tocsin::telemetry {
namespace {

using wire::otlp::ResourceSpans;
using wire::otlp::Span;
using wire::otlp::SpanKind;

constexpr std::size_t name_length_max = 200;

std::string trace_id_of(const std::string& w3c) { return "1-" + w3c.substr(0, 8) + "-" + w3c.substr(8); }

// the id of the segment that is made for a client's root span
std::string other_id(std::string id) {
  for (char& c : id) c = "fedcba9876543210"[c <= '9' ? c - '0' : c - 'a' + 10];
  return id;
}

// what a segment's name may not have is left out
std::string fit_name(std::string_view name) {
  std::string out;
  for (const char c : name)
    if (static_cast<unsigned char>(c) >= 0x80 || std::isalnum(static_cast<unsigned char>(c)) ||
        std::string_view(" _.:/%&#=+\\-@").find(c) != std::string_view::npos)
      out += c;
  if (out.size() > name_length_max) {
    out.resize(name_length_max);
    while (!is_utf8(out)) out.pop_back();
  }
  return out.empty() ? "span" : out;
}

bool calls_others(const Span& span) { return span.kind == SpanKind::client || span.kind == SpanKind::producer; }
bool is_segment(const Span& span) {
  return span.parent_span_id.empty() || span.kind == SpanKind::server || span.kind == SpanKind::consumer ||
         text_of(span.attributes, {"aws.span.kind"}) == "LOCAL_ROOT";
}

std::string called_name(const Span& span) {
  if (std::string name = text_of(span.attributes, {"aws.remote.service", "peer.service"}); !name.empty()) return name;
  if (std::string service = aws_service_of(span); !service.empty()) return service;
  const std::string host =
      text_of(span.attributes, {"server.address", "net.peer.name", "http.host", "net.peer.ip", "network.peer.address"});
  if (!text_of(span.attributes, {"db.system.name", "db.system"}).empty()) {
    const std::string database = text_of(span.attributes, {"db.namespace", "db.name"});
    if (!database.empty()) return host.empty() ? database : database + "@" + host;
    return host.empty() ? text_of(span.attributes, {"db.system.name", "db.system"}) : host;
  }
  if (std::string name = text_of(span.attributes, {"messaging.destination.name", "rpc.service"}); !name.empty()) return name;
  return host;
}

Object base_of(const Span& span, std::string name) {
  Object out{{"id", span.span_id}, {"trace_id", trace_id_of(span.trace_id)}, {"name", fit_name(name)}};
  out["start_time"] = to_s(instant_from_ns(span.start_ns));
  out["end_time"] = to_s(instant_from_ns(span.end_ns));
  if (!span.parent_span_id.empty()) out["parent_id"] = span.parent_span_id;
  return out;
}

SegmentDocument finished(const Object& document, const Span& span) {
  return {.trace_id = std::string(document.at("trace_id").get_string()),
          .id = std::string(document.at("id").get_string()),
          .start = instant_from_ns(span.start_ns),
          .end = instant_from_ns(span.end_ns),
          .in_progress = false,
          .text = to_json(document)};
}

void add(std::vector<SegmentDocument>& out, const ResourceSpans& spans, const Span& span) {
  const bool segment = is_segment(span);
  const std::string service = service_of(spans.resource);
  std::string parent = span.parent_span_id;
  if (segment && calls_others(span)) {
    Object own = base_of(span, service);
    parent = other_id(span.span_id);
    own["id"] = parent;
    describe_resource(own, spans.resource);
    describe_outcome(own, span);
    out.push_back(finished(own, span));
  }
  const bool is_call = calls_others(span);
  Object document = base_of(span, segment && !is_call ? service : is_call ? called_name(span) : span.name);
  if (is_call && called_name(span).empty()) document["name"] = fit_name(span.name);
  if (is_call) document["namespace"] = aws_service_of(span).empty() ? "remote" : "aws";
  if (!segment || is_call) {
    document["type"] = "subsegment";
    document["parent_id"] = parent;
  } else {
    describe_resource(document, spans.resource);
  }
  describe_span(document, span);
  describe_outcome(document, span);
  out.push_back(finished(document, span));
}

bool is_whole(const Span& span) {
  const auto is_id = [](const std::string& id, std::size_t size) {
    return id.size() == size && is_hex(id) && id.find_first_not_of('0') != std::string::npos;
  };
  return is_id(span.trace_id, 32) && is_id(span.span_id, 16) && (span.parent_span_id.empty() || is_id(span.parent_span_id, 16)) &&
         span.start_ns > 0 && span.end_ns >= span.start_ns;
}

}  // namespace

std::vector<SegmentDocument> segments_of(const ResourceSpans& spans) {
  std::vector<SegmentDocument> out;
  for (const Span& span : spans.spans)
    if (is_whole(span)) add(out, spans, span);
  return out;
}

}  // namespace tocsin::telemetry
