// /healthz (the process answers), /readyz (the state can be written), /metrics (Prometheus text about this server): public.
#pragma once

#include <functional>

#include "server/node/foundation.h"
#include "wire/http/http_message.h"

namespace tocsin::server {

class HealthPaths final : public wire::HttpHandler {
 public:
  HealthPaths(Foundation& foundation, std::function<std::size_t()> connection_count) : ground_(foundation), connection_count_(std::move(connection_count)) {}
  void handle(wire::HttpRequest request, wire::Respond respond) override;

 private:
  void ready(wire::Respond respond);
  void figures(wire::Respond respond);

  Foundation& ground_;
  std::function<std::size_t()> connection_count_;
};

}  // namespace tocsin::server
