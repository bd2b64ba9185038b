#include "api/prometheus/remote_write_receiver.h"

#include "api/dispatch/access_gate/loopback_guard.h"
#include "telemetry/metrics/retention.h"
#include "telemetry/prometheus/prometheus_points.h"
#include "wire/remote_write/remote_write.h"

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

KeyedBatch keyed(const wire::RemoteWrite& write) {
  KeyedBatch batch;
  // the parts of a key are what was sent, and the namespace
  batch.keys.reserve(write.bytes->size() + write.series.size() * 32);
  batch.values.reserve(write.samples.size());
  for (const wire::RemoteWrite::Series& series : write.series) {
    const std::size_t begin = batch.keys.size();
    if (!telemetry::append_prometheus_key(batch.keys, write.labels_of(series))) continue;
    const auto size = static_cast<std::uint32_t>(batch.keys.size() - begin);
    for (const wire::RemoteSample& sample : write.samples_of(series))
      if (telemetry::is_kept_value(sample.value))
        batch.values.push_back({static_cast<std::uint32_t>(begin), size, sample.time_ms, sample.value});
  }
  return batch;
}

}  // namespace

void RemoteWriteReceiver::handle(wire::HttpRequest request, wire::Respond respond) {
  if (request.method != "POST") return respond(answer(405, {}));
  if (request.headers.get("Content-Type").find("io.prometheus.write.v2") != std::string::npos)
    return respond(answer(415, "version 1 of remote write is taken: prometheus.WriteRequest\n"));
  auto write = wire::parse_remote_write(request.body);
  if (!write) return respond(answer(write.error().kind == ErrorKind::limit_exceeded ? 413 : 400, write.error().message + '\n'));
  KeyedBatch batch = keyed(*write);
  *write = {};
  request.body = {};
  auto shared = std::make_shared<wire::Respond>(std::move(respond));
  auto rejected = std::make_shared<std::size_t>(0);
  state_.submit(
      [this, request = std::move(request), batch = std::move(batch), rejected]() -> Result<void> {
        const auto scope = scope_of(request);
        if (!scope) return std::unexpected(scope.error());
        const auto kept = keep(*scope, batch);
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

Result<std::size_t> RemoteWriteReceiver::keep(const Scope& scope, const KeyedBatch& batch) {
  std::vector<telemetry::KeyedValue> values;
  values.reserve(batch.values.size());
  std::size_t rejected = 0;
  const std::int64_t now_s = to_seconds(state_.now());
  for (const KeyedBatch::Value& each : batch.values) {
    const std::int64_t age_s = now_s - each.time_ms / 1000;
    if (age_s > telemetry::late_max_s || -age_s > telemetry::early_max_s)
      ++rejected;
    else
      values.push_back({std::string_view(batch.keys).substr(each.key_begin, each.key_size), each.time_ms, each.value});
  }
  if (values.empty()) return rejected;
  if (const auto put = metrics_.put_values(scope, values); !put) return std::unexpected(put.error());
  return rejected;
}

}  // namespace tocsin::api
