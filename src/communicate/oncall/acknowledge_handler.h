// GET and POST of /a/TOKEN: public, the token is the credential. GET changes nothing, so that a mail scanner that follows links
// acknowledges nothing; POST spends the token.
#pragma once

#include "communicate/oncall/oncall.h"
#include "wire/http/http_message.h"

namespace tocsin::oncall {

inline constexpr std::string_view acknowledge_prefix = "/a/";

class AcknowledgeHandler final : public wire::HttpHandler {
 public:
  AcknowledgeHandler(storage::StateExecutor& state, OnCall& oncall) : state_(state), oncall_(oncall) {}
  /// Takes requests whose path begins with acknowledge_prefix; from any thread.
  void handle(wire::HttpRequest request, wire::Respond respond) override;

 private:
  wire::HttpResponse show(const std::string& token);
  wire::HttpResponse take(const std::string& token);
  wire::HttpResponse show_digest(const EngagementStore::Secret& secret, const std::string& token);
  wire::HttpResponse take_digest(const EngagementStore::Secret& secret, const std::string& token);
  storage::StateExecutor& state_;
  OnCall& oncall_;
};

}  // namespace tocsin::oncall
