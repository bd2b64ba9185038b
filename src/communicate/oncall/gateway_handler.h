// What providers in Twilio's form post back, below /gateway/twilio/: `status` (what became of a message or a call), `sms` (a text that came
// in), `voice/TOKEN` (a key that was pressed). Public; each is checked by its signature, and a token is good once.
// https://www.twilio.com/docs/messaging/guides/track-outbound-message-status https://www.twilio.com/docs/voice/twiml/gather
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "communicate/oncall/oncall.h"
#include "wire/http/http_message.h"

namespace tocsin::oncall {

inline constexpr std::string_view gateway_prefix = "/gateway/twilio/";

class GatewayHandler final : public wire::HttpHandler {
 public:
  /// `tokens`: the auth tokens of the providers that are configured; asked at each request, on an I/O thread.
  GatewayHandler(storage::StateExecutor& state, OnCall& oncall, std::function<std::vector<std::string>()> tokens)
      : state_(state), oncall_(oncall), tokens_(std::move(tokens)) {}
  void handle(wire::HttpRequest request, wire::Respond respond) override;

 private:
  bool is_signed(const wire::HttpRequest& request) const;
  std::string act(const std::string& path, const std::string& body);
  std::string take_key(const std::string& token, const std::string& digits);
  storage::StateExecutor& state_;
  OnCall& oncall_;
  const std::function<std::vector<std::string>()> tokens_;
};

}  // namespace tocsin::oncall
