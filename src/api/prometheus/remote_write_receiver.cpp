#include "api/prometheus/remote_write_receiver.h"

#include "api/dispatch/access_gate/loopback_guard.h"
#include "telemetry/metrics/retention.h"
#include "telemetry/prometheus/prometheus_points.h"

namespace tocsin::api {
namespace {

wire::HttpResponse answer(int status, std::string words) {
  wire::HttpResponse response{.status = status, .body = std::move(words)};
  if (!response.body.empty()) response.headers.set("Content-Type", "text/plain; charset=utf-8");
  if (status == 503) response.headers.set("Retry-After", "1");
  return response;
}

int status_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::denied:
      return error.reason == "SignalNotAllowed" ? 403 : 401;
    case ErrorKind::invalid:
      return 400;
    default:
      return 503;
  }
}

}  // namespace

void RemoteWriteReceiver::handle(wire::HttpRequest request, wire::Respond respond) {
  if (request.method != "POST") return respond(answer(405, {}));
  if (request.headers.get("Content-Type").find("io.prometheus.write.v2") != std::string::npos)
    return respond(answer(415, "version 1 of remote write is taken: prometheus.WriteRequest\n"));
  auto write = wire::parse_remote_write(request.body);
  if (!write) return respond(answer(write.error().kind == ErrorKind::limit_exceeded ? 413 : 400, write.error().message + '\n'));
  request.body.clear();
  auto shared = std::make_shared<wire::Respond>(std::move(respond));
  auto rejected = std::make_shared<std::size_t>(0);
  state_.submit(
      [this, request = std::move(request), write = std::move(*write), rejected]() -> Result<void> {
        const auto scope = scope_of(request);
        if (!scope) return std::unexpected(scope.error());
        const auto kept = keep(*scope, write);
        if (!kept) return std::unexpected(kept.error());
        *rejected = *kept;
        return {};
      },
      [shared, rejected](Result<void> done) {
        if (!done) return (*shared)(answer(status_of(done.error()), done.error().message + '\n'));
        if (*rejected == 0) return (*shared)(answer(204, {}));
        (*shared)(answer(
            400, std::to_string(*rejected) + " samples are older than two weeks or more than two hours ahead; the others were kept\n"));
      });
}

Result<Scope> RemoteWriteReceiver::scope_of(const wire::HttpRequest& request) {
  if (settings_.dev && comes_from_this_machine(request) && !request.headers.has("Authorization")) return settings_.dev_scope;
  const auto key = keys_.verify(request.headers.get("Authorization"), access::Signal::metrics);
  if (!key) return std::unexpected(key.error());
  return key->scope;
}

Result<std::size_t> RemoteWriteReceiver::keep(const Scope& scope, const wire::RemoteWrite& write) {
  std::vector<telemetry::MetricPoint> points;
  std::size_t rejected = 0;
  const std::int64_t now_s = to_seconds(state_.now());
  for (const wire::RemoteSeries& series : write.series)
    for (const wire::RemoteSample& sample : series.samples) {
      const std::int64_t age_s = now_s - sample.time_ms / 1000;
      if (age_s > telemetry::late_max_s || -age_s > telemetry::early_max_s)
        ++rejected;
      else
        telemetry::add_prometheus_point(points, series.labels, sample.value, instant_from_ms(sample.time_ms));
    }
  if (points.empty()) return rejected;
  if (const auto put = metrics_.put(scope, points); !put) return std::unexpected(put.error());
  return rejected;
}

}  // namespace tocsin::api
