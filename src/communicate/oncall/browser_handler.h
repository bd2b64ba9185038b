// /push/TOKEN: the page on which a browser is asked to show pages (GET), and what it gives (POST, once). /push/page.js, /push/worker.js.
// Public; the token comes by another channel of the same person.
#pragma once

#include <memory>

#include "communicate/oncall/oncall.h"
#include "delivery/web_push/p256_key.h"
#include "wire/http/http_message.h"

namespace tocsin::oncall {

inline constexpr std::string_view browser_prefix = "/push/";

class BrowserHandler final : public wire::HttpHandler {
 public:
  BrowserHandler(storage::StateExecutor& state, OnCall& oncall) : state_(state), oncall_(oncall) {}
  /// Reads the server's key, or makes it at the first start. Inside a unit.
  Result<void> read_key();
  /// Null before read_key.
  const delivery::P256Key* key() const { return key_.get(); }
  void handle(wire::HttpRequest request, wire::Respond respond) override;

 private:
  wire::HttpResponse act(const std::string& token, const wire::HttpRequest& request);
  storage::StateExecutor& state_;
  OnCall& oncall_;
  std::unique_ptr<delivery::P256Key> key_;
};

}  // namespace tocsin::oncall
