// What the X-Ray daemon takes on its port: segments by UDP, and over HTTP the questions of SDKs for their sampling rules and quotas.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-daemon.html
#pragma once

#include "api/dispatch/dispatcher.h"
#include "telemetry/traces/trace_store.h"
#include "wire/http/http_message.h"

namespace tocsin::api {

/// What comes is of `scope`: the port names no credential. Any thread. Everything referred to outlives it.
class XrayDaemon final : public wire::HttpHandler {
 public:
  XrayDaemon(storage::StateExecutor& state, telemetry::TraceStore& traces, Dispatcher& dispatcher, const wire::ServiceModels& models,
             Scope scope);

  /// One datagram: a header line and one document. What is none is logged and dropped, as there is nobody to tell.
  void receive(std::string_view datagram);
  /// POST /GetSamplingRules and /SamplingTargets; 404 for others.
  void handle(wire::HttpRequest request, wire::Respond respond) override;

 private:
  storage::StateExecutor& state_;
  telemetry::TraceStore& traces_;
  Dispatcher& dispatcher_;
  const wire::ServiceModels& models_;
  const Scope scope_;
};

}  // namespace tocsin::api
