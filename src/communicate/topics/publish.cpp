// From one message to its deliveries, and what becomes of them.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "communicate/topics/topic_rows.h"
#include "communicate/topics/topics.h"
#include "events/patterns/filter_policy.h"
#include "model/arn.h"

namespace tocsin::communicate {

using namespace std::chrono_literals;

namespace {

constexpr auto deduplication_interval = 5min;
constexpr std::size_t message_bytes_max = 262144;
constexpr int subscriptions_per_read = 1000;

bool passes_filter(const Subscription& subscription, const PublishRequest& request, const std::string& message) {
  const std::string policy = subscription.attribute("FilterPolicy");
  if (policy.empty()) return true;
  const auto scope = subscription.attribute("FilterPolicyScope") == "MessageBody" ? events::FilterScope::message_body
                                                                                  : events::FilterScope::message_attributes;
  const auto compiled = events::compile_filter_policy(policy, scope);
  if (!compiled || !*compiled) return true;
  std::vector<events::FilterAttribute> attributes;
  for (const auto& [name, attribute] : request.attributes) attributes.push_back({name, attribute.type, attribute.value});
  return (*compiled)->matches(attributes, message);
}

std::string deduplication_key(const Topic& topic, const PublishRequest& request) {
  const std::string id = request.deduplication_id.empty() ? to_hex(sha256(request.message)) : request.deduplication_id;
  return topic.attribute("FifoThroughputScope") == "MessageGroup" ? request.group_id + "\n" + id : id;
}

/// Queues know String, Number and Binary only.
delivery::MessageAttributes queue_attributes(const delivery::MessageAttributes& attributes) {
  delivery::MessageAttributes out = attributes;
  std::erase_if(out, [](const auto& entry) { return entry.second.value.empty(); });
  return out;
}

/// One for each message and subscription, so that no repetition sends twice; good as a mail's Message-ID.
std::string parcel_id(const Notification& notification, const Subscription& subscription) {
  return "sns-" + notification.message_id + "-" + subscription.arn.substr(subscription.arn.rfind(':') + 1);
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
  std::string after;
  while (true) {
    const auto subscriptions = list_subscriptions(topic->scope, topic_arn, after, subscriptions_per_read);
    for (const Subscription& subscription : subscriptions) {
      if (!subscription.confirmed) continue;
      if (passes_filter(subscription, request, notification.message_for(subscription.protocol)))
        deliver(notification, *topic, subscription);
      else
        count(topic->scope, topic->name, "NumberOfNotificationsFilteredOut");
    }
    if (subscriptions.size() < subscriptions_per_read) break;
    after = subscriptions.back().arn;
  }
  if (settings_.on_published) settings_.on_published(topic_arn, notification.message_id, request.subject, request.message);
  return Published{notification.message_id, notification.sequence_number};
}

void Topics::deliver(const Notification& notification, const Topic& topic, const Subscription& subscription) {
  switch (subscription.protocol) {
    case Protocol::sqs:
      return deliver_to_queue(notification, topic, subscription);
    case Protocol::http:
    case Protocol::https:
      return deliver_by_http(notification, topic, subscription);
    case Protocol::email:
    case Protocol::email_json:
      return deliver_by_mail(notification, topic, subscription);
  }
}

void Topics::deliver_to_queue(const Notification& notification, const Topic& topic, const Subscription& subscription) {
  const PublishRequest& request = notification.request;
  delivery::OutgoingMessage message{
      .body = subscription.raw() ? notification.message_for(Protocol::sqs)
                                 : to_pretty_json(notification_document(notification, topic, subscription, *signer_, address())),
      .sender_id = "sns.amazonaws.com",
      .source_arn = topic.arn};
  if (subscription.raw()) message.attributes = queue_attributes(request.attributes);
  if (subscription.endpoint.ends_with(".fifo")) {
    message.group_id = request.group_id;
    message.deduplication_id = request.deduplication_id.empty() ? to_hex(sha256(request.message)) : request.deduplication_id;
  }
  const auto sent = queues_.send(subscription.endpoint, message);
  count(topic.scope, topic.name, sent ? "NumberOfNotificationsDelivered" : "NumberOfNotificationsFailed");
  if (!sent)
    to_dead_letters(topic.scope, topic.name, subscription.attribute("RedrivePolicy"), message.body, sent.error().reason,
                    sent.error().message, request);
}

Document Topics::context_of(const Notification& notification, const Topic& topic, const Subscription& subscription,
                            const std::string& body) {
  Object context{{"kind", "notification"}, {"account", topic.scope.account},       {"region", topic.scope.region},
                 {"topic", topic.name},    {"subscription_arn", subscription.arn}, {"group_id", notification.request.group_id}};
  // the body is kept for the dead letters alone; HTTP parcels have it in their content
  if (const std::string redrive = subscription.attribute("RedrivePolicy"); !redrive.empty()) {
    context["redrive"] = redrive;
    context["body"] = body;
  }
  return context;
}

void Topics::deliver_by_http(const Notification& notification, const Topic& topic, const Subscription& subscription) {
  const DeliveryPolicy policy = policy_of(topic, subscription);
  const std::string body = subscription.raw()
                               ? notification.message_for(subscription.protocol)
                               : to_pretty_json(notification_document(notification, topic, subscription, *signer_, address()));
  Object headers{{"Content-Type", policy.content_type},
                 {"x-amz-sns-message-type", "Notification"},
                 {"x-amz-sns-message-id", notification.message_id},
                 {"x-amz-sns-topic-arn", topic.arn},
                 {"x-amz-sns-subscription-arn", subscription.arn},
                 {"User-Agent", "Amazon Simple Notification Service Agent"}};
  if (subscription.raw()) headers["x-amz-sns-rawdelivery"] = "true";
  outbox_.enqueue({.id = parcel_id(notification, subscription),
                   .channel = "http",
                   .owner = "sns",
                   .content = Object{{"method", "POST"}, {"url", subscription.endpoint}, {"headers", std::move(headers)}, {"body", body}},
                   .context = context_of(notification, topic, subscription, body),
                   .plan = policy.healthy_retry.plan()});
}

void Topics::deliver_by_mail(const Notification& notification, const Topic& topic, const Subscription& subscription) {
  const Document document = notification_document(notification, topic, subscription, *signer_, address());
  const Document mail = subscription.protocol == Protocol::email
                            ? notification_mail(notification, topic, subscription, address(), settings_.mail_from_address)
                            : document_mail(document, topic, subscription, address(), settings_.mail_from_address);
  outbox_.enqueue({.id = parcel_id(notification, subscription),
                   .channel = "smtp",
                   .owner = "sns",
                   .content = mail,
                   .context = context_of(notification, topic, subscription, to_pretty_json(document)),
                   .plan = customer_managed_plan()});
}

DeliveryPolicy Topics::policy_of(const Topic& topic, const Subscription& subscription) const {
  std::string text = subscription.attribute("DeliveryPolicy");
  if (text.empty()) text = topic.attribute("DeliveryPolicy");
  return text.empty() ? DeliveryPolicy{} : parse_delivery_policy(text).value_or(DeliveryPolicy{});
}

Result<void> Topics::settled(const delivery::Settlement& settlement) {
  const Document& context = settlement.parcel.context;
  if (text_or(context, "kind") != "notification") return {};
  const bool delivered = settlement.outcome == delivery::Settled::delivered;
  const Scope scope{text_or(context, "account"), text_or(context, "region")};
  const std::string topic_name = text_or(context, "topic");
  count(scope, topic_name, delivered ? "NumberOfNotificationsDelivered" : "NumberOfNotificationsFailed");
  if (delivered || settlement.outcome == delivery::Settled::cancelled) return {};
  const std::string code = settlement.last.status ? std::to_string(settlement.last.status) : "NoAnswer";
  to_dead_letters(scope, topic_name, text_or(context, "redrive"), text_or(context, "body"), code, settlement.last.error,
                  {.message = {}, .group_id = text_or(context, "group_id")});
  return {};
}

void Topics::to_dead_letters(const Scope& scope, const std::string& topic_name, const std::string& redrive_policy, const std::string& body,
                             const std::string& error_code, const std::string& error_message, const PublishRequest& request) {
  const auto policy = parse_json(redrive_policy);
  if (redrive_policy.empty() || !policy) return;
  const std::string queue_arn = text_or(*policy, "deadLetterTargetArn");
  delivery::OutgoingMessage message{.body = body, .sender_id = "sns.amazonaws.com", .source_arn = make_arn("sns", scope, topic_name)};
  if (!error_code.empty()) message.attributes["ErrorCode"] = {"String", error_code};
  if (!error_message.empty()) message.attributes["ErrorMessage"] = {"String", error_message};
  if (queue_arn.ends_with(".fifo")) {
    message.group_id = request.group_id.empty() ? "sns" : request.group_id;
    message.deduplication_id = to_hex(sha256(body));
  }
  const auto sent = queues_.send(queue_arn, message);
  count(scope, topic_name, sent ? "NumberOfNotificationsRedrivenToDlq" : "NumberOfNotificationsFailedToRedriveToDlq");
}

}  // namespace tocsin::communicate
