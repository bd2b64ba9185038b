// Takes Prometheus remote write. https://prometheus.io/docs/specs/prw/remote_write_spec/
#pragma once

#include "access/ingest_keys/ingest_key_store.h"
#include "storage/state_executor.h"
#include "telemetry/metrics/metric_store.h"
#include "wire/http/http_message.h"

namespace tocsin::api {

/// What a request holds, with the keys of its series made: on the thread that read it.
struct KeyedBatch {
  std::string keys;
  struct Value {
    std::uint32_t key_begin, key_size;
    std::int64_t time_ms;
    double value;
  };
  std::vector<Value> values;
};

struct RemoteWriteSettings {
  bool dev = false;  ///< open to this machine, as `dev_scope`
  Scope dev_scope;
};

/// Everything referred to outlives it. `handle` may be called from any thread; the work is done on the StateExecutor, which is the metric
/// store's executor too.
class RemoteWriteReceiver final : public wire::HttpHandler {
 public:
  RemoteWriteReceiver(storage::StateExecutor& state, access::IngestKeyStore& keys, telemetry::MetricStore& metrics,
                      RemoteWriteSettings settings)
      : state_(state), keys_(keys), metrics_(metrics), settings_(std::move(settings)) {}
  void handle(wire::HttpRequest request, wire::Respond respond) override;

 private:
  Result<Scope> scope_of(const wire::HttpRequest& request);
  /// How many samples were too old or too far in the future.
  Result<std::size_t> keep(const Scope& scope, const KeyedBatch& batch);

  storage::StateExecutor& state_;
  access::IngestKeyStore& keys_;
  telemetry::MetricStore& metrics_;
  const RemoteWriteSettings settings_;
};

}  // namespace tocsin::api
