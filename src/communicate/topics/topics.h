// Topics: what is published goes to every confirmed subscription whose filter lets it pass, and is tried again until it is delivered or
// lands in a dead-letter queue. https://docs.aws.amazon.com/sns/latest/dg/ Threads: only on the StateExecutor, inside a unit of work.
// Errors: `reason` is the service's error shape (InvalidParameterException, NotFoundException …).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "communicate/topics/delivery_log.h"
#include "communicate/topics/delivery_policy.h"
#include "communicate/topics/notification_signer.h"
#include "communicate/topics/notification_text.h"
#include "communicate/topics/outgoing.h"
#include "communicate/topics/sms_settings.h"
#include "communicate/topics/topic.h"
#include "delivery/outbox.h"
#include "delivery/queues/queues.h"
#include "model/self_metrics.h"
#include "storage/state_executor.h"

namespace tocsin::communicate {

struct TopicsSettings {
  /// Asked at each use: where links in messages point. Without a slash at the end.
  std::function<std::string()> public_url;
  std::string mail_from_address;  ///< of mails; empty: the carrier's own sender
  /// Whether short messages can leave: the outbox's channel "sms" takes {to, text, sender_id}. None: they cannot.
  std::function<bool()> sms_gateway = {};
  /// Where delivery status goes: a line for a log group. Inside the unit; none: nowhere.
  std::function<void(const Scope& scope, const std::string& group, const std::string& line)> log = {};
  /// Told of each message that was published, in its unit: chat channels hear of topics by it.
  std::function<void(const std::string& topic_arn, const std::string& message_id, const std::string& subject, const std::string& message)>
      on_published = {};
};

/// What Subscribe made.
struct Subscribed {
  Subscription subscription;
  bool pending = false;
};

class Topics {
 public:
  /// Mail goes through the outbox's channel "smtp", HTTP/S through "http"; queues are reached in the same unit. `metrics` may be null.
  Topics(storage::StateExecutor& state, Random& random, delivery::Outbox& outbox, delivery::Queues& queues, SelfMetrics* metrics,
         TopicsSettings settings);

  /// Tables; and the signing key, made at the first start.
  Result<void> migrate();
  /// Before outbox.start(): hears how its parcels ended.
  void start();
  /// The certificate and the path at which it is to be served without a signature.
  const NotificationSigner& signer() const { return *signer_; }

  SmsSettings& sms() { return sms_; }

  // --- topics
  Result<Topic> create_topic(const Scope& scope, const std::string& name, const TextMap& attributes, const TextMap& tags);
  Result<Topic> find_topic(const std::string& topic_arn);
  std::vector<Topic> list_topics(const Scope& scope, const std::string& after_name, int count_max);
  Result<void> set_topic_attribute(const std::string& topic_arn, const std::string& name, const std::string& value);
  /// As GetTopicAttributes shows them.
  Result<TextMap> topic_attributes(const std::string& topic_arn);
  Result<void> set_topic_tags(const std::string& topic_arn, const TextMap& tags);
  /// With its subscriptions; none there is no error.
  void remove_topic(const std::string& topic_arn);

  // --- subscriptions
  Result<Subscribed> subscribe(const Scope& scope, const std::string& topic_arn, const std::string& protocol, const std::string& endpoint,
                               const TextMap& attributes);
  /// With the token that was sent; it holds for two days.
  Result<Subscription> confirm(const std::string& topic_arn, const std::string& token, bool authenticate_on_unsubscribe);
  Result<Subscription> find_subscription(const std::string& subscription_arn);
  std::vector<Subscription> list_subscriptions(const Scope& scope, const std::string& topic_arn, const std::string& after_arn,
                                               int count_max);
  Result<void> set_subscription_attribute(const std::string& subscription_arn, const std::string& name, const std::string& value);
  Result<TextMap> subscription_attributes(const std::string& subscription_arn);
  /// An HTTP/S endpoint is told with an UnsubscribeConfirmation, whose SubscribeURL restores the subscription within two days; a mail
  /// address is told when the link of a mail was used.
  Result<void> unsubscribe(const std::string& subscription_arn, bool by_link = false);
  bool is_unsubscribe_signature(const std::string& subscription_arn, const std::string& signature) const;

  // --- messages
  Result<Published> publish(const std::string& topic_arn, const PublishRequest& request);
  /// Straight to a phone.
  Result<Published> publish_to_phone(const Scope& scope, const std::string& phone_number, const PublishRequest& request);

 private:
  /// A confirmed subscription with what its attributes say, read once.
  struct Subscriber;
  struct Known;

  Result<void> load_signer();
  void forget(const std::string& topic_arn);
  std::vector<Subscription> confirmed_subscriptions(const std::string& topic_arn);
  std::shared_ptr<const std::vector<Subscriber>> subscribers_of(const Topic& topic);

  Result<void> check_endpoint(const Topic& topic, Protocol protocol, const std::string& endpoint);
  Result<void> check_filter_count(const std::string& topic_arn, const std::string& subscription_arn, const TextMap& attributes);
  void insert_subscription(const Subscription& subscription);
  void send_confirmation(const Topic& topic, const Subscription& subscription);
  void send_farewell(const Topic& topic, const Subscription& subscription);
  Result<Subscription> restore(const std::string& topic_arn, const std::string& token);

  Result<void> check_publish(const Topic& topic, const PublishRequest& request);
  std::optional<Published> known_duplicate(const Topic& topic, const PublishRequest& request);
  std::string next_sequence_number(const Topic& topic);
  void deliver(Outgoing& outgoing, const Subscriber& subscriber);
  void deliver_to_queue(Outgoing& outgoing, const Subscriber& subscriber);
  void deliver_by_http(Outgoing& outgoing, const Subscriber& subscriber);
  void deliver_by_mail(Outgoing& outgoing, const Subscriber& subscriber);
  void deliver_to_phone(const Scope& scope, const std::string& topic_name, const std::string& phone_number,
                        const Notification& notification);
  Instant throttled(const Subscription& subscription, int per_second_max);
  Object context_of(Outgoing& outgoing, const Subscription& subscription, const std::string& body, Feedback feedback);
  Result<void> settled(const delivery::Settlement& settlement);
  void report(const delivery::Settlement& settlement, const Scope& scope, const std::string& topic_name, bool delivered);
  void to_dead_letters(const Scope& scope, const std::string& topic_name, const std::string& redrive_policy, const std::string& body,
                       const std::string& error_code, const std::string& error_message, const PublishRequest& request);
  DeliveryPolicy policy_of(const Topic& topic, const Subscription& subscription) const;
  PublicAddress address() const { return {settings_.public_url()}; }
  void count(const Scope& scope, const std::string& topic_name, const char* metric, double value = 1, const char* unit = "Count");

  storage::StateExecutor& state_;
  Random& random_;
  delivery::Outbox& outbox_;
  delivery::Queues& queues_;
  SelfMetrics* metrics_;
  TopicsSettings settings_;
  SmsSettings sms_;
  std::optional<NotificationSigner> signer_;
  std::shared_ptr<Known> known_;
};

}  // namespace tocsin::communicate
