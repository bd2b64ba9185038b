// The values of topics and subscriptions.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "delivery/queues/message.h"
#include "model/scope.h"

namespace tocsin::communicate {

using TextMap = std::map<std::string, std::string>;

struct Topic {
  Scope scope;
  std::string name;
  std::string arn;
  TextMap attributes;  ///< what was set, by the service's names
  TextMap tags;
  Instant created_at;

  std::string attribute(const std::string& key) const;
  bool fifo() const { return attribute("FifoTopic") == "true"; }
};

enum class Protocol { http, https, email, email_json, sqs, sms };

std::string_view to_text(Protocol protocol);
std::optional<Protocol> parse_protocol(std::string_view text);

struct Subscription {
  std::string arn;
  std::string topic_arn;
  Scope scope;
  Protocol protocol = Protocol::http;
  std::string endpoint;
  std::string owner;   ///< an account
  TextMap attributes;  ///< FilterPolicy, FilterPolicyScope, RawMessageDelivery, DeliveryPolicy, RedrivePolicy, SubscriptionRoleArn
  bool confirmed = false;
  /// Confirmed by a signed call: then only its owner may unsubscribe.
  bool authenticated = false;

  std::string attribute(const std::string& key) const;
  bool raw() const { return attribute("RawMessageDelivery") == "true"; }
};

struct PublishRequest {
  std::string message;
  std::string subject;
  /// Other texts for some protocols ("email", "sqs" …), as MessageStructure=json gives them.
  TextMap message_by_protocol;
  delivery::MessageAttributes attributes;  ///< types also String.Array
  std::string group_id;
  std::string deduplication_id;
};

struct Published {
  std::string message_id;
  std::string sequence_number;  ///< of FIFO topics
};

/// A message as it goes out to the subscriptions of its topic.
struct Notification {
  std::string message_id;
  std::string topic_arn;
  Instant published_at;
  std::string sequence_number;
  PublishRequest request;

  const std::string& message_for(Protocol protocol) const;
};

}  // namespace tocsin::communicate
