// Where other tools post their alerts, without the AWS protocols: Alertmanager's webhook and its own API (Prometheus posts there), Grafana,
// any tool by a mapping, and the pings of jobs. Whoever posts holds an ingest key with the signal "webhooks", as Bearer or Basic, or as
// ?key= where a tool cannot send headers.
#pragma once

#include <functional>

#include "access/ingest_keys/ingest_key_store.h"
#include "detect/reports/heartbeats.h"
#include "detect/reports/reports.h"
#include "wire/http/http_message.h"

namespace tocsin::api {

struct AlertReceiverSettings {
  bool dev = false;  ///< open to this machine, as `dev_scope`
  Scope dev_scope;
  /// The mapping of a webhook: the JSON of the parameter /tocsin/webhooks/NAME; nullopt when there is none. Inside a unit.
  std::function<std::optional<std::string>(const Scope& scope, const std::string& name)> mapping;
};

/// Everything referred to outlives it. `handle` may be called from any thread; the work is done on the StateExecutor.
class AlertReceiver final : public wire::HttpHandler {
 public:
  AlertReceiver(storage::StateExecutor& state, access::IngestKeyStore& keys, detect::Reports& reports, detect::Heartbeats& heartbeats,
                AlertReceiverSettings settings)
      : state_(state), keys_(keys), reports_(reports), heartbeats_(heartbeats), settings_(std::move(settings)) {}
  void handle(wire::HttpRequest request, wire::Respond respond) override;

 private:
  Result<wire::HttpResponse> answer(const wire::HttpRequest& request);
  Result<wire::HttpResponse> take(const Scope& scope, Result<std::vector<detect::ReportedAlert>> alerts);
  Result<wire::HttpResponse> webhook(const Scope& scope, const std::string& name, const Document& document);
  Result<wire::HttpResponse> ping(const Scope& scope, const wire::HttpRequest& request);
  wire::HttpResponse open_alerts(const Scope& scope);
  Result<Scope> scope_of(const wire::HttpRequest& request);

  storage::StateExecutor& state_;
  access::IngestKeyStore& keys_;
  detect::Reports& reports_;
  detect::Heartbeats& heartbeats_;
  const AlertReceiverSettings settings_;
};

}  // namespace tocsin::api
