#include "telemetry/traces/span_metrics.h"

#include <boost/json.hpp>

namespace tocsin::telemetry {
namespace {

using wire::otlp::Span;
using wire::otlp::SpanKind;

std::string first_text(const Object& attributes, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const Document* value = find(attributes, name);
    if (value && value->is_string() && !value->get_string().empty()) return std::string(value->get_string());
  }
  return {};
}

// the HTTP status, by its present and its former attribute name; 0 when there is none
std::int64_t http_status(const Span& span) {
  for (const std::string_view name : {"http.response.status_code", "http.status_code"}) {
    const Document* value = find(span.attributes, name);
    if (value && value->is_int64()) return value->get_int64();
  }
  return 0;
}

bool is_own(const Span& span) { return span.kind == SpanKind::server || span.kind == SpanKind::consumer; }
bool is_dependency(const Span& span) { return span.kind == SpanKind::client || span.kind == SpanKind::producer; }

// what the client span called, as well as the caller knows it
std::string remote_of(const Span& span) {
  return first_text(span.attributes,
                    {"peer.service", "db.system.name", "db.system", "rpc.service", "server.address", "net.peer.name", "messaging.system"});
}

void add_samples(std::vector<SpanSample>& out, const Span& span, const Dimensions& dimensions) {
  const Instant at = instant_from_ns(span.end_ns);
  const std::int64_t status = http_status(span);
  const bool error = status >= 400 && status < 500;
  const bool fault = status >= 500 || (status == 0 && span.status == wire::otlp::SpanStatus::error);
  out.push_back({"Latency", dimensions, static_cast<double>(span.end_ns - span.start_ns) / 1e6, "Milliseconds", at});
  out.push_back({"Error", dimensions, error ? 1.0 : 0.0, "None", at});
  out.push_back({"Fault", dimensions, fault ? 1.0 : 0.0, "None", at});
}

}  // namespace

std::string service_of(const wire::otlp::Resource& resource) {
  const std::string name = first_text(resource.attributes, {"service.name"});
  return name.empty() ? "unknown_service" : name;
}

std::string environment_of(const wire::otlp::Resource& resource) {
  const std::string name = first_text(resource.attributes, {"deployment.environment.name", "deployment.environment"});
  return name.empty() ? "generic:default" : name;
}

std::string host_of(const wire::otlp::Resource& resource) { return first_text(resource.attributes, {"host.name"}); }

std::int64_t process_of(const wire::otlp::Resource& resource) {
  const Document* value = find(resource.attributes, "process.pid");
  return value && value->is_int64() ? value->get_int64() : 0;
}

std::optional<Dependency> dependency_of(const wire::otlp::Span& span) {
  if (!is_dependency(span) || first_text(span.attributes, {"db.system.name", "db.system", "messaging.system"}).empty()) return std::nullopt;
  return Dependency{remote_of(span),
                    first_text(span.attributes, {"server.address", "net.peer.name", "network.peer.address", "net.peer.ip"})};
}

std::vector<SpanSample> span_samples(const wire::otlp::ResourceSpans& spans) {
  const Dimensions service = {{"Environment", environment_of(spans.resource)}, {"Service", service_of(spans.resource)}};
  std::vector<SpanSample> out;
  for (const Span& span : spans.spans) {
    if (span.end_ns < span.start_ns) continue;
    Dimensions detailed = service;
    if (is_own(span)) {
      add_samples(out, span, service);
      detailed.emplace(detailed.begin() + 1, "Operation", span.name);
      add_samples(out, span, detailed);
    } else if (is_dependency(span)) {
      const std::string remote = remote_of(span);
      if (remote.empty()) continue;
      detailed.emplace(detailed.begin() + 1, "RemoteService", remote);
      add_samples(out, span, detailed);
    }
  }
  return out;
}

}  // namespace tocsin::telemetry
