// Takes OTLP export requests. https://opentelemetry.io/docs/specs/otlp/#otlphttp
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "access/ingest_keys/ingest_key_store.h"
#include "storage/state_executor.h"
#include "telemetry/metrics/metric_store.h"
#include "telemetry/otlp/metric_points.h"
#include "telemetry/traces/service_graph.h"
#include "telemetry/traces/trace_store.h"
#include "wire/http/http_message.h"
#include "wire/otlp/otlp.h"

namespace tocsin::api {

struct OtlpSettings {
  bool dev = false;  ///< open to this machine, as `dev_scope`
  Scope dev_scope;
};

/// Everything referred to outlives it. `handle` may be called from any thread; the work is done on the StateExecutor, which is the metric
/// store's executor too.
class OtlpReceiver final : public wire::HttpHandler {
 public:
  /// Keeps log records; how many could not be taken, or `unavailable`. On the StateExecutor, inside a unit.
  using KeepLogs = std::function<Result<std::int64_t>(const Scope&, const std::vector<wire::otlp::ResourceLogs>&)>;

  OtlpReceiver(storage::StateExecutor& state, access::IngestKeyStore& keys, telemetry::MetricStore& metrics, telemetry::ServiceGraph& graph,
               telemetry::TraceStore& traces, KeepLogs keep_logs, OtlpSettings settings)
      : state_(state),
        keys_(keys),
        metrics_(metrics),
        graph_(graph),
        traces_(traces),
        keep_logs_(std::move(keep_logs)),
        settings_(std::move(settings)) {}
  void handle(wire::HttpRequest request, wire::Respond respond) override;

 private:
  struct Parsed;
  Result<Scope> scope_of(const wire::HttpRequest& request, wire::otlp::Signal signal);
  /// How many items were rejected.
  Result<std::int64_t> keep(const Scope& scope, Parsed& parsed);
  Result<std::int64_t> put(const Scope& scope, std::vector<telemetry::MetricPoint> points);

  storage::StateExecutor& state_;
  access::IngestKeyStore& keys_;
  telemetry::MetricStore& metrics_;
  telemetry::ServiceGraph& graph_;
  telemetry::TraceStore& traces_;
  const KeepLogs keep_logs_;
  const OtlpSettings settings_;
  telemetry::OtlpMetrics otlp_metrics_;
};

}  // namespace tocsin::api
