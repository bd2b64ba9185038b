// What subscribers reach without a signature: the signing certificate, the links of SubscribeURL and UnsubscribeURL (they act on GET, for
// machines), and the pages behind the links of mails (they act on POST: opening or prefetching one changes nothing).
#pragma once

#include "communicate/topics/topics.h"
#include "wire/http/http_message.h"

namespace tocsin::communicate {

class TopicPublicEndpoints final : public wire::HttpHandler {
 public:
  TopicPublicEndpoints(Topics& topics, storage::StateExecutor& state) : topics_(topics), state_(state) {}

  /// Whether this handler answers the request: the certificate's path, /subscriptions/confirm, /subscriptions/unsubscribe, and unsigned
  /// GETs of / with Action=ConfirmSubscription or Action=Unsubscribe.
  bool serves(const wire::HttpRequest& request) const;
  void handle(wire::HttpRequest request, wire::Respond respond) override;

 private:
  void confirm(std::string topic_arn, std::string token, bool for_people, wire::Respond respond);
  void unsubscribe(std::string subscription_arn, std::string signature, bool for_people, wire::Respond respond);

  Topics& topics_;
  storage::StateExecutor& state_;
};

}  // namespace tocsin::communicate
