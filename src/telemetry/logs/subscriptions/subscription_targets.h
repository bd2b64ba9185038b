// The ways out of a subscription. Threads: only on the StateExecutor, inside a unit of work.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "delivery/outbox.h"
#include "delivery/queues/queues.h"
#include "model/arn.h"
#include "telemetry/logs/log_store.h"
#include "telemetry/logs/settings/log_settings.h"
#include "telemetry/logs/subscriptions/envelope.h"

namespace tocsin::telemetry {

class SubscriptionTargets {
 public:
  /// All must outlive this object.
  SubscriptionTargets(storage::StateExecutor& state, LogStore& store, LogSettings& settings, delivery::Outbox& outbox,
                      delivery::Queues& queues);
  ~SubscriptionTargets();

  /// Sends the function's envelope, {"awslogs": {"data": …}}, to a target of that service.
  using Send = std::function<Result<void>(const Scope& scope, const Arn& target, const std::string& event)>;
  /// Before start(). server/ binds "lambda".
  void bind(std::string service, Send send) { senders_[std::move(service)] = std::move(send); }
  void start();

  /// Whether events could be sent there, in the service's words; `from_group` is the group that is subscribed to.
  Result<void> check(const Scope& scope, const std::string& destination_arn, const std::string& from_group);
  /// Whether a destination may stand for it.
  Result<void> check_target(const std::string& target_arn);
  void send(const Scope& scope, const std::string& destination_arn, const Envelope& envelope);

 private:
  class RetryCarrier;
  struct Target {
    Arn arn;
    std::string url;  ///< or this
  };
  Result<Target> resolve(const std::string& destination_arn);
  Result<void> dispatch(const Document& parcel);
  Result<void> to_group(const Arn& group, const Envelope& envelope);
  void post(const std::string& url, const std::string& text);

  storage::StateExecutor& state_;
  LogStore& store_;
  LogSettings& settings_;
  delivery::Outbox& outbox_;
  delivery::Queues& queues_;
  std::map<std::string, Send> senders_;
  std::unique_ptr<RetryCarrier> carrier_;
};

/// The name in arn:aws:logs:…:destination:NAME, or nullopt.
std::optional<std::string> destination_name(const Arn& arn);

}  // namespace tocsin::telemetry
