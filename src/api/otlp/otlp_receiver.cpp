#include "api/otlp/otlp_receiver.h"

#include <boost/json.hpp>

#include "api/dispatch/access_gate/loopback_guard.h"
#include "telemetry/traces/span_segments.h"

namespace tocsin::api {
namespace {
namespace otlp = wire::otlp;
using namespace std::chrono_literals;

// CloudWatch takes no datapoints beyond these
constexpr Duration late_max = 14 * 24h;
constexpr Duration early_max = 2h;

std::optional<otlp::Signal> signal_of(std::string_view path) {
  if (path == "/v1/traces") return otlp::Signal::traces;
  if (path == "/v1/logs") return otlp::Signal::logs;
  if (path == "/v1/metrics") return otlp::Signal::metrics;
  return std::nullopt;
}

access::Signal permission_of(otlp::Signal signal) {
  switch (signal) {
    case otlp::Signal::traces:
      return access::Signal::traces;
    case otlp::Signal::logs:
      return access::Signal::logs;
    case otlp::Signal::metrics:
      return access::Signal::metrics;
  }
  return access::Signal::metrics;
}

wire::HttpResponse answer(int status, otlp::Encoding encoding, std::string body) {
  wire::HttpResponse response{.status = status, .body = std::move(body)};
  response.headers.set("Content-Type", encoding == otlp::Encoding::json ? "application/json" : "application/x-protobuf");
  if (status == 503 || status == 429) response.headers.set("Retry-After", "1");
  return response;
}

int status_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::denied:
      return error.reason == "SignalNotAllowed" ? 403 : 401;
    case ErrorKind::invalid:
      return 400;
    case ErrorKind::unsupported:
      return 501;
    default:
      return 503;
  }
}
}  // namespace

struct OtlpReceiver::Parsed {
  otlp::Signal signal;
  std::vector<otlp::ResourceSpans> traces;
  std::vector<otlp::ResourceLogs> logs;
  std::vector<otlp::ResourceMetrics> metrics;

  Result<void> read(std::string_view body, otlp::Encoding encoding) {
    const auto take = [](auto& into, auto parsed) -> Result<void> {
      if (!parsed) return std::unexpected(parsed.error());
      into = std::move(*parsed);
      return {};
    };
    switch (signal) {
      case otlp::Signal::traces:
        return take(traces, otlp::parse_traces(body, encoding));
      case otlp::Signal::logs:
        return take(logs, otlp::parse_logs(body, encoding));
      case otlp::Signal::metrics:
        return take(metrics, otlp::parse_metrics(body, encoding));
    }
    return {};
  }
};

void OtlpReceiver::handle(wire::HttpRequest request, wire::Respond respond) {
  const auto signal = signal_of(request.path);
  const auto encoding = otlp::encoding_of(request.headers.get("Content-Type"));
  if (!signal || request.method != "POST") return respond({.status = signal ? 405 : 404});
  if (!encoding) return respond({.status = 415});
  auto parsed = std::make_shared<Parsed>(Parsed{.signal = *signal, .traces = {}, .logs = {}, .metrics = {}});
  if (const auto read = parsed->read(request.body, *encoding); !read)
    return respond(answer(400, *encoding, otlp::error_response(*encoding, read.error().message)));
  request.body.clear();
  auto rejected = std::make_shared<std::int64_t>(0);
  auto shared = std::make_shared<wire::Respond>(std::move(respond));
  state_.submit(
      [this, request = std::move(request), parsed, rejected]() -> Result<void> {
        const auto scope = scope_of(request, parsed->signal);
        if (!scope) return std::unexpected(scope.error());
        const auto kept = keep(*scope, *parsed);
        if (!kept) return std::unexpected(kept.error());
        *rejected = *kept;
        return {};
      },
      [parsed, rejected, shared, encoding = *encoding](Result<void> done) {
        if (done)
          return (*shared)(
              answer(200, encoding,
                     otlp::export_response(parsed->signal, encoding, *rejected, *rejected > 0 ? "too old or too far in the future" : "")));
        (*shared)(answer(status_of(done.error()), encoding, otlp::error_response(encoding, done.error().message)));
      });
}

Result<Scope> OtlpReceiver::scope_of(const wire::HttpRequest& request, otlp::Signal signal) {
  if (settings_.dev && comes_from_this_machine(request) && !request.headers.has("Authorization")) return settings_.dev_scope;
  const auto key = keys_.verify(request.headers.get("Authorization"), permission_of(signal));
  if (!key) return std::unexpected(key.error());
  return key->scope;
}

Result<std::int64_t> OtlpReceiver::keep(const Scope& scope, Parsed& parsed) {
  if (parsed.signal == otlp::Signal::logs) {
    if (!keep_logs_) return fail(ErrorKind::unsupported, "Logs are not kept by this server.");
    return keep_logs_(scope, parsed.logs);
  }
  std::vector<telemetry::MetricPoint> points;
  for (const otlp::ResourceMetrics& metrics : parsed.metrics)
    for (telemetry::MetricPoint& point : otlp_metrics_.points(scope, metrics)) points.push_back(std::move(point));
  std::vector<telemetry::SpanSample> samples;
  std::vector<telemetry::SegmentDocument> documents;
  for (const otlp::ResourceSpans& spans : parsed.traces) {
    graph_.observe(scope, spans);
    for (telemetry::SegmentDocument& document : telemetry::segments_of(spans)) documents.push_back(std::move(document));
    for (telemetry::SpanSample& sample : telemetry::span_samples(spans)) samples.push_back(std::move(sample));
  }
  if (auto traced = traces_.append(scope, std::move(documents)); !traced) return std::unexpected(traced.error());
  for (telemetry::MetricPoint& point : telemetry::to_points(samples)) points.push_back(std::move(point));
  return put(scope, std::move(points));
}

Result<std::int64_t> OtlpReceiver::put(const Scope& scope, std::vector<telemetry::MetricPoint> points) {
  const Instant now = state_.now();
  const auto rejected = std::erase_if(
      points, [&](const telemetry::MetricPoint& point) { return point.time < now - late_max || point.time > now + early_max; });
  if (points.empty()) return static_cast<std::int64_t>(rejected);
  if (const auto stored = metrics_.put(scope, points); !stored) return std::unexpected(stored.error());
  return static_cast<std::int64_t>(rejected);
}

}  // namespace tocsin::api
