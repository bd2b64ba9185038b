// From one message to its deliveries.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "communicate/topics/known_topics.h"
#include "communicate/topics/topic_rows.h"
#include "communicate/topics/topics.h"
#include "events/patterns/filter_policy.h"
#include "model/arn.h"

namespace tocsin::communicate {

using namespace std::chrono_literals;

namespace {

constexpr auto deduplication_interval = 5min;
constexpr std::size_t message_bytes_max = 262144;
constexpr std::size_t sms_bytes_max = 1600;
constexpr std::size_t topics_known_max = 10'000;

std::string deduplication_key(const Topic& topic, const PublishRequest& request) {
  const std::string id = request.deduplication_id.empty() ? to_hex(sha256(request.message)) : request.deduplication_id;
  return topic.attribute("FifoThroughputScope") == "MessageGroup" ? request.group_id + "\n" + id : id;
}

}  // namespace

Result<void> Topics::check_publish(const Topic& topic, const PublishRequest& request) {
  if (request.message.empty()) return bad_parameter("Empty message");
  std::size_t size = request.message.size();
  for (const auto& [name, attribute] : request.attributes) size += name.size() + attribute.type.size() + attribute.value.size();
  if (size > message_bytes_max) return bad_parameter("Message too long");
  if (!topic.fifo()) {
    if (request.deduplication_id.empty()) return {};
    return bad_parameter(
        "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type");
  }
  if (request.group_id.empty()) return bad_parameter("The MessageGroupId parameter is required for FIFO topics");
  if (request.deduplication_id.empty() && topic.attribute("ContentBasedDeduplication") != "true")
    return bad_parameter("The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly");
  return {};
}

std::optional<Published> Topics::known_duplicate(const Topic& topic, const PublishRequest& request) {
  const auto row = state_.database().query_one(
      "SELECT message_id, sequence_number FROM sns_deduplications WHERE topic_arn = ? AND key = ? AND until > ?",
      {topic.arn, deduplication_key(topic, request), state_.now()});
  if (!row) return std::nullopt;
  return Published{row->text(0), row->text(1)};
}

std::string Topics::next_sequence_number(const Topic& topic) {
  const auto row = state_.database().query_one(
      "UPDATE sns_topics SET last_sequence = last_sequence + 1 WHERE arn = ? RETURNING last_sequence", {topic.arn});
  return fmt::format("{:020}", row ? row->integer(0) : 0);
}

Result<Published> Topics::publish(const std::string& topic_arn, const PublishRequest& request) {
  const auto topic = find_topic(topic_arn);
  if (!topic) return std::unexpected(topic.error());
  if (const auto checked = check_publish(*topic, request); !checked) return std::unexpected(checked.error());
  if (topic->fifo())
    if (const auto duplicate = known_duplicate(*topic, request)) return *duplicate;
  Notification notification{make_uuid_v4(random_), topic_arn, state_.now(), topic->fifo() ? next_sequence_number(*topic) : "", request};
  if (topic->fifo()) {
    state_.database().execute("DELETE FROM sns_deduplications WHERE until <= ?", {state_.now()});
    state_.database().execute(
        "INSERT INTO sns_deduplications (topic_arn, key, message_id, sequence_number, until) VALUES (?,?,?,?,?) "
        "ON CONFLICT (topic_arn, key) DO UPDATE SET message_id = excluded.message_id, sequence_number = excluded.sequence_number, until = "
        "excluded.until",
        {topic_arn, deduplication_key(*topic, request), notification.message_id, notification.sequence_number,
         state_.now() + deduplication_interval});
  }
  count(topic->scope, topic->name, "NumberOfMessagesPublished");
  count(topic->scope, topic->name, "PublishSize", static_cast<double>(request.message.size()), "Bytes");
  Outgoing outgoing(notification, *topic, *signer_, address());
  const auto subscribers = subscribers_of(*topic);
  for (const Subscriber& subscriber : *subscribers) {
    if (subscriber.wants(request, notification.message_for(subscriber.subscription.protocol)))
      deliver(outgoing, subscriber);
    else
      count(topic->scope, topic->name, "NumberOfNotificationsFilteredOut");
  }
  if (settings_.on_published) settings_.on_published(topic_arn, notification.message_id, request.subject, request.message);
  return Published{notification.message_id, notification.sequence_number};
}

bool Topics::Subscriber::wants(const PublishRequest& request, const std::string& message) const {
  if (!filter) return true;
  std::vector<events::FilterAttribute> attributes;
  for (const auto& [name, attribute] : request.attributes) attributes.push_back({name, attribute.type, attribute.value});
  return filter->matches(attributes, message);
}

Result<Published> Topics::publish_to_phone(const Scope& scope, const std::string& phone_number, const PublishRequest& request) {
  if (!is_phone_number(phone_number)) return bad_parameter(fmt::format("PhoneNumber Reason: {} is not valid to publish to", phone_number));
  if (!(settings_.sms_gateway && settings_.sms_gateway()))
    return bad_parameter("PhoneNumber Reason: no SMS gateway is configured on this server");
  if (request.message.empty()) return bad_parameter("Empty message");
  if (request.message.size() > sms_bytes_max) return bad_parameter("Message too long");
  const Notification notification{make_uuid_v4(random_), "", state_.now(), "", request};
  deliver_to_phone(scope, "", phone_number, notification);
  return Published{notification.message_id, ""};
}

std::shared_ptr<const std::vector<Topics::Subscriber>> Topics::subscribers_of(const Topic& topic) {
  if (const auto known = known_->subscribers.find(topic.arn); known != known_->subscribers.end()) return known->second;
  const auto found = std::make_shared<std::vector<Subscriber>>();
  for (Subscription& subscription : confirmed_subscriptions(topic.arn)) {
    Subscriber subscriber{.subscription = std::move(subscription), .filter = std::nullopt, .policy = {}};
    subscriber.policy = policy_of(topic, subscriber.subscription);
    const auto scope = subscriber.subscription.attribute("FilterPolicyScope") == "MessageBody" ? events::FilterScope::message_body
                                                                                               : events::FilterScope::message_attributes;
    if (const std::string text = subscriber.subscription.attribute("FilterPolicy"); !text.empty())
      if (auto compiled = events::compile_filter_policy(text, scope)) subscriber.filter = std::move(*compiled);
    found->push_back(std::move(subscriber));
  }
  if (known_->subscribers.size() >= topics_known_max) known_->subscribers.clear();
  if (!known_->changing.contains(topic.arn)) known_->subscribers.emplace(topic.arn, found);
  return found;
}

DeliveryPolicy Topics::policy_of(const Topic& topic, const Subscription& subscription) const {
  const std::string of_topic = topic.attribute("DeliveryPolicy");
  std::string text = overrides_disabled(of_topic) ? std::string() : subscription.attribute("DeliveryPolicy");
  if (text.empty()) text = of_topic;
  return text.empty() ? DeliveryPolicy{} : parse_delivery_policy(text).value_or(DeliveryPolicy{});
}

}  // namespace tocsin::communicate
