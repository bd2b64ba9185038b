// Takes Loki's push requests. https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs
#pragma once

#include "access/ingest_keys/ingest_key_store.h"
#include "storage/state_executor.h"
#include "telemetry/logs/log_store.h"
#include "wire/http/http_message.h"

namespace tocsin::api {

struct LokiSettings {
  bool dev = false;  ///< open to this machine, as `dev_scope`
  Scope dev_scope;
};

/// Everything referred to outlives it. `handle` may be called from any thread; the work is done on the StateExecutor.
class LokiReceiver final : public wire::HttpHandler {
 public:
  LokiReceiver(storage::StateExecutor& state, access::IngestKeyStore& keys, telemetry::LogStore& store, LokiSettings settings)
      : state_(state), keys_(keys), store_(store), settings_(std::move(settings)) {}
  void handle(wire::HttpRequest request, wire::Respond respond) override;

 private:
  Result<Scope> scope_of(const wire::HttpRequest& request);

  storage::StateExecutor& state_;
  access::IngestKeyStore& keys_;
  telemetry::LogStore& store_;
  const LokiSettings settings_;
};

}  // namespace tocsin::api
