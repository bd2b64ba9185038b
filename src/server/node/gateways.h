// The gateways that the configuration names, as the outbox's channels "sms", "voice", "chat", "push" and "web-push". Secrets may stand in
// Parameter Store instead of the file: {ssm:/NAME} anywhere in a value is read at the start and every minute, and gateways are made anew
// when it changed. Threads: only on the StateExecutor, unless said otherwise.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "delivery/chat/chat_carrier.h"
#include "delivery/outbox.h"
#include "delivery/push/push_carrier.h"
#include "delivery/smpp/smpp_carrier.h"
#include "delivery/web_push/web_push_carrier.h"
#include "server/config/server_config.h"
#include "server/node/outside.h"

namespace tocsin::server {

class Gateways {
 public:
  struct Needs {
    storage::StateExecutor& state;
    /// The value of a parameter, or why there is none. Called inside a unit.
    std::function<Result<std::string>(const std::string& name)> parameter;
    /// What a message centre says; called on the StateExecutor, outside a unit.
    std::function<void(delivery::HeardSms)> hear;
    std::function<const delivery::P256Key*()> push_key;
  };
  /// Without a way out for HTTP there are no gateways.
  Gateways(const ServerConfig& config, const Outside& outside, Needs needs);
  ~Gateways();

  void start(delivery::Outbox& outbox);
  /// Whether messages can leave by "sms", "voice", "push:NAME", "web-push"; from any thread.
  bool can_send(const std::string& channel) const;
  /// Of the providers that post back to us; from any thread.
  std::vector<std::string> twilio_tokens() const;
  const delivery::ChatEndpoints& chat_endpoints() const { return chat_; }

 private:
  class Slot;
  struct Line;
  Result<void> read_parameters();
  void refresh();
  void make_all();
  void make_line(Slot& slot, const std::vector<std::string>& settings, bool voice);
  std::string filled(const std::string& value) const;

  const ServerConfig& config_;
  Outside outside_;
  Needs needs_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::map<std::string, std::string> parameters_;
  std::map<std::string, std::string> made_with_;
  bool made_ = false;
  std::unique_ptr<Slot> sms_, voice_;
  delivery::ChatEndpoints chat_;
  std::vector<delivery::PushServer> push_;
  std::unique_ptr<delivery::ChatCarrier> chat_carrier_;
  std::unique_ptr<delivery::PushCarrier> push_carrier_;
  std::unique_ptr<delivery::WebPushCarrier> web_push_carrier_;
  mutable std::mutex mutex_;
  std::vector<std::string> tokens_;  ///< guarded by mutex_
};

}  // namespace tocsin::server
