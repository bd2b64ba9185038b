// POST /_tocsin/reset: empties a server in --dev, for tests; on any other there is no such path. Asked for as every call in --dev: from
// this machine, with an Authorization header or a presigned form.
#pragma once

#include <functional>

#include "api/dispatch/gate.h"
#include "storage/state_executor.h"
#include "wire/http/http_message.h"

namespace tocsin::server {

class ResetPath final : public wire::HttpHandler {
 public:
  ResetPath(storage::StateExecutor& state, api::Gate& gate, bool dev, std::function<void(wire::Respond)> reset)
      : state_(state), gate_(gate), dev_(dev), reset_(std::move(reset)) {}
  void handle(wire::HttpRequest request, wire::Respond respond) override;

 private:
  storage::StateExecutor& state_;
  api::Gate& gate_;
  const bool dev_;
  const std::function<void(wire::Respond)> reset_;
};

/// {"status": "reset"} and the like.
wire::HttpResponse reset_answer(int status, std::string_view word, std::string_view message = {});

}  // namespace tocsin::server
