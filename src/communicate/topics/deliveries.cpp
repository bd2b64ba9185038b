// What leaves for a subscriber, and what becomes of it.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "communicate/topics/known_topics.h"
#include "communicate/topics/topic_rows.h"
#include "model/arn.h"

namespace tocsin::communicate {

using namespace std::chrono_literals;

namespace {

constexpr const char* direct_log_name = "DirectPublishToPhoneNumber";

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

void Topics::deliver(Outgoing& outgoing, const Subscriber& subscriber) {
  switch (subscriber.subscription.protocol) {
    case Protocol::sqs:
      return deliver_to_queue(outgoing, subscriber);
    case Protocol::http:
    case Protocol::https:
      return deliver_by_http(outgoing, subscriber);
    case Protocol::email:
    case Protocol::email_json:
      return deliver_by_mail(outgoing, subscriber);
    case Protocol::sms:
      return deliver_to_phone(outgoing.topic().scope, outgoing.topic().name, subscriber.subscription.endpoint, outgoing.notification());
  }
}

void Topics::deliver_to_queue(Outgoing& outgoing, const Subscriber& subscriber) {
  const Topic& topic = outgoing.topic();
  const Subscription& subscription = subscriber.subscription;
  const PublishRequest& request = outgoing.notification().request;
  delivery::OutgoingMessage message{
      .body = subscription.raw() ? outgoing.notification().message_for(Protocol::sqs) : outgoing.document_for(subscription),
      .sender_id = "sns.amazonaws.com",
      .source_arn = topic.arn};
  if (subscription.raw()) message.attributes = queue_attributes(request.attributes);
  if (!request.group_id.empty()) message.group_id = request.group_id;
  if (subscription.endpoint.ends_with(".fifo"))
    message.deduplication_id = request.deduplication_id.empty() ? to_hex(sha256(request.message)) : request.deduplication_id;
  const auto sent = queues_.send(subscription.endpoint, message);
  count(topic.scope, topic.name, sent ? "NumberOfNotificationsDelivered" : "NumberOfNotificationsFailed");
  if (!sent)
    to_dead_letters(topic.scope, topic.name, subscription.attribute("RedrivePolicy"), message.body, sent.error().reason,
                    sent.error().message, request);
  const Feedback feedback = feedback_of(topic, Protocol::sqs, random_);
  if (!settings_.log || !(sent ? feedback.success : feedback.failure)) return;
  settings_.log(topic.scope, log_group_of(topic.scope, topic.name, sent.has_value()),
                to_log_line({.message_id = outgoing.notification().message_id,
                             .message_md5 = to_hex(md5(outgoing.notification().message_for(Protocol::sqs))),
                             .topic_arn = topic.arn,
                             .published_at = outgoing.notification().published_at,
                             .delivery_id = make_uuid_v4(random_),
                             .destination = subscription.endpoint,
                             .provider_response = sent ? to_json(Object{{"messageId", sent->message_id}}) : sent.error().message,
                             .dwell = state_.now() - outgoing.notification().published_at,
                             .status_code = sent ? 200 : 400,
                             .delivered = sent.has_value()}));
}

Object Topics::context_of(Outgoing& outgoing, const Subscription& subscription, const std::string& body, Feedback feedback) {
  const Topic& topic = outgoing.topic();
  Object context{{"kind", "notification"}, {"account", topic.scope.account}, {"region", topic.scope.region}, {"topic", topic.name}};
  // what only a failure or a log needs is kept only then
  if (const std::string redrive = subscription.attribute("RedrivePolicy"); !redrive.empty()) {
    context["redrive"] = redrive;
    context["body"] = body;
    context["group_id"] = outgoing.notification().request.group_id;
  }
  if (feedback.wanted() && settings_.log)
    context["feedback"] = Object{{"success", feedback.success},
                                 {"failure", feedback.failure},
                                 {"message_id", outgoing.notification().message_id},
                                 {"md5", to_hex(md5(outgoing.notification().message_for(subscription.protocol)))},
                                 {"topic_arn", topic.arn},
                                 {"published_ns", to_ns(outgoing.notification().published_at)},
                                 {"destination", subscription.endpoint}};
  return context;
}

/// When a message may go to a subscription that takes so many a second.
Instant Topics::throttled(const Subscription& subscription, int per_second_max) {
  if (per_second_max <= 0) return state_.now();
  Instant& next = known_->next_at[subscription.arn];
  const Instant at = std::max(next, state_.now());
  next = at + std::chrono::duration_cast<Duration>(1s) / per_second_max;
  return at;
}

void Topics::deliver_by_http(Outgoing& outgoing, const Subscriber& subscriber) {
  const Subscription& subscription = subscriber.subscription;
  std::string body = subscription.raw() ? outgoing.notification().message_for(subscription.protocol) : outgoing.document_for(subscription);
  Object headers{{"Content-Type", subscriber.policy.content_type},
                 {"x-amz-sns-message-type", "Notification"},
                 {"x-amz-sns-message-id", outgoing.notification().message_id},
                 {"x-amz-sns-topic-arn", outgoing.topic().arn},
                 {"x-amz-sns-subscription-arn", subscription.arn},
                 {"User-Agent", "Amazon Simple Notification Service Agent"}};
  if (subscription.raw()) headers["x-amz-sns-rawdelivery"] = "true";
  Object context = context_of(outgoing, subscription, body, feedback_of(outgoing.topic(), subscription.protocol, random_));
  outbox_.enqueue(
      {.channel = "http",
       .owner = "sns",
       .content = Object{{"method", "POST"}, {"url", subscription.endpoint}, {"headers", std::move(headers)}, {"body", std::move(body)}},
       .context = std::move(context),
       .plan = subscriber.policy.healthy_retry.plan(),
       .not_before = throttled(subscription, subscriber.policy.receives_per_second_max),
       .lane = subscription.arn});
}

void Topics::deliver_by_mail(Outgoing& outgoing, const Subscriber& subscriber) {
  const Subscription& subscription = subscriber.subscription;
  const Notification& notification = outgoing.notification();
  const std::string document = outgoing.document_for(subscription);
  const Document mail = subscription.protocol == Protocol::email ? notification_mail(notification, outgoing.topic(), subscription, *signer_,
                                                                                     outgoing.address(), settings_.mail_from_address)
                                                                 : document_mail(document, notification, outgoing.topic(), subscription,
                                                                                 *signer_, outgoing.address(), settings_.mail_from_address);
  outbox_.enqueue({.id = parcel_id(notification, subscription),
                   .channel = "smtp",
                   .owner = "sns",
                   .content = mail,
                   .context = context_of(outgoing, subscription, document, {}),
                   .plan = customer_managed_plan()});
}

/// Whoever opted out gets nothing; with a topic it counts as one of its notifications.
void Topics::deliver_to_phone(const Scope& scope, const std::string& topic_name, const std::string& phone_number,
                              const Notification& notification) {
  const TextMap settings = sms_.get(scope);
  const auto setting = [&](const char* name) {
    const auto found = settings.find(name);
    return found == settings.end() ? std::string() : found->second;
  };
  if (sms_.is_opted_out(scope, phone_number)) {
    if (!topic_name.empty()) count(scope, topic_name, "NumberOfNotificationsFailed");
    return;
  }
  const auto& attributes = notification.request.attributes;
  const auto asked = [&](const char* name, const std::string& otherwise) {
    const auto found = attributes.find(name);
    return found == attributes.end() ? otherwise : found->second.value;
  };
  Object context{{"kind", "notification"}, {"account", scope.account}, {"region", scope.region}, {"topic", topic_name}};
  if (settings_.log && !setting("DeliveryStatusIAMRole").empty()) {
    const std::string rate = setting("DeliveryStatusSuccessSamplingRate");
    context["feedback"] = Object{{"success", rate.empty() || random_.unit() * 100 < std::atoi(rate.c_str())},
                                 {"failure", true},
                                 {"message_id", notification.message_id},
                                 {"md5", to_hex(md5(notification.message_for(Protocol::sms)))},
                                 {"topic_arn", notification.topic_arn},
                                 {"published_ns", to_ns(notification.published_at)},
                                 {"destination", phone_number}};
  }
  outbox_.enqueue({.id = "sns-" + notification.message_id + "-" + phone_number.substr(1),
                   .channel = "sms",
                   .owner = "sns",
                   .content = Object{{"to", phone_number},
                                     {"text", notification.message_for(Protocol::sms)},
                                     {"sender_id", asked("AWS.SNS.SMS.SenderID", setting("DefaultSenderID"))},
                                     {"type", asked("AWS.SNS.SMS.SMSType", setting("DefaultSMSType"))}},
                   .context = std::move(context),
                   .plan = customer_managed_plan()});
}

Result<void> Topics::settled(const delivery::Settlement& settlement) {
  const Document& context = settlement.parcel.context;
  if (text_or(context, "kind") != "notification") return {};
  const bool delivered = settlement.outcome == delivery::Settled::delivered;
  const Scope scope{text_or(context, "account"), text_or(context, "region")};
  const std::string topic_name = text_or(context, "topic");
  if (!topic_name.empty()) count(scope, topic_name, delivered ? "NumberOfNotificationsDelivered" : "NumberOfNotificationsFailed");
  if (find(context, "feedback")) report(settlement, scope, topic_name, delivered);
  if (delivered || settlement.outcome == delivery::Settled::cancelled) return {};
  const std::string code = settlement.last.status ? std::to_string(settlement.last.status) : "NoAnswer";
  to_dead_letters(scope, topic_name, text_or(context, "redrive"), text_or(context, "body"), code, settlement.last.error,
                  {.message = {}, .group_id = text_or(context, "group_id")});
  return {};
}

void Topics::report(const delivery::Settlement& settlement, const Scope& scope, const std::string& topic_name, bool delivered) {
  const Document& feedback = *find(settlement.parcel.context, "feedback");
  if (!settings_.log || !truth_or(feedback, delivered ? "success" : "failure", false)) return;
  const Instant published_at = instant_from_ns(integer_or(feedback, "published_ns", 0));
  const std::string answer = settlement.last.answer.is_object() ? text_or(settlement.last.answer, "body") : std::string();
  settings_.log(scope, log_group_of(scope, topic_name.empty() ? direct_log_name : topic_name, delivered),
                to_log_line({.message_id = text_or(feedback, "message_id"),
                             .message_md5 = text_or(feedback, "md5"),
                             .topic_arn = text_or(feedback, "topic_arn"),
                             .published_at = published_at,
                             .delivery_id = settlement.parcel.id,
                             .destination = text_or(feedback, "destination"),
                             .provider_response = delivered || settlement.last.error.empty() ? answer : settlement.last.error,
                             .dwell = state_.now() - published_at,
                             .attempts = settlement.attempts,
                             .status_code = settlement.last.status,
                             .delivered = delivered}));
}

void Topics::to_dead_letters(const Scope& scope, const std::string& topic_name, const std::string& redrive_policy, const std::string& body,
                             const std::string& error_code, const std::string& error_message, const PublishRequest& request) {
  const auto policy = redrive_policy.empty() ? Result<Document>(Document()) : parse_json(redrive_policy);
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
