#include <boost/json.hpp>

#include "base/encoding.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.pb.h"
#include "wire/otlp/attributes.h"
#include "wire/otlp/message.h"
#include "wire/otlp/otlp.h"

namespace tocsin::wire::otlp {
namespace {
namespace trace = opentelemetry::proto::trace::v1;

SpanKind kind_of(trace::Span::SpanKind kind) {
  switch (kind) {
    case trace::Span::SPAN_KIND_INTERNAL: return SpanKind::internal;
    case trace::Span::SPAN_KIND_SERVER: return SpanKind::server;
    case trace::Span::SPAN_KIND_CLIENT: return SpanKind::client;
    case trace::Span::SPAN_KIND_PRODUCER: return SpanKind::producer;
    case trace::Span::SPAN_KIND_CONSUMER: return SpanKind::consumer;
    default: return SpanKind::unspecified;
  }
}

SpanStatus status_of(trace::Status::StatusCode code) {
  if (code == trace::Status::STATUS_CODE_OK) return SpanStatus::ok;
  return code == trace::Status::STATUS_CODE_ERROR ? SpanStatus::error : SpanStatus::unset;
}

Span to_span(const trace::Span& from) {
  Span span;
  span.trace_id = to_hex(from.trace_id());
  span.span_id = to_hex(from.span_id());
  span.parent_span_id = to_hex(from.parent_span_id());
  span.name = from.name();
  span.kind = kind_of(from.kind());
  span.start_ns = static_cast<std::int64_t>(from.start_time_unix_nano());
  span.end_ns = static_cast<std::int64_t>(from.end_time_unix_nano());
  span.status = status_of(from.status().code());
  span.status_message = from.status().message();
  span.attributes = to_object(from.attributes());
  for (const auto& event : from.events())
    span.events.push_back({event.name(), static_cast<std::int64_t>(event.time_unix_nano()), to_object(event.attributes())});
  return span;
}
}  // namespace

Result<std::vector<ResourceSpans>> parse_traces(std::string_view body, Encoding encoding) {
  opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest request;
  if (const Result<void> read = read_message(body, encoding, request); !read) return std::unexpected(read.error());
  std::vector<ResourceSpans> result;
  for (const auto& group : request.resource_spans()) {
    ResourceSpans& spans = result.emplace_back();
    spans.resource.attributes = to_object(group.resource().attributes());
    for (const auto& scope : group.scope_spans())
      for (const auto& span : scope.spans()) spans.spans.push_back(to_span(span));
  }
  return result;
}

}  // namespace tocsin::wire::otlp
