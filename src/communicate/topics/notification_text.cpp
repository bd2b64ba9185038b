#include "communicate/topics/notification_text.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/encoding.h"
#include "base/text_time.h"

namespace tocsin::communicate {
namespace {

/// A mail without text; without `from` when the carrier's own sender is wanted.
Object empty_mail(const Topic& topic, const std::string& from_address) {
  if (from_address.empty()) return {};
  std::string name = topic.attribute("DisplayName");
  if (name.empty()) name = "Tocsin Notifications";
  std::erase_if(name, [](char c) { return c == '"' || c == '\\' || c == '\r' || c == '\n'; });
  return {{"from", fmt::format("\"{}\" <{}>", name, from_address)}};
}

std::string footer(const Topic& topic, const Subscription& subscription, const NotificationSigner& signer, const PublicAddress& address) {
  return fmt::format(
      "\n\n--\nIf you wish to stop receiving notifications from this topic, please visit the page below to unsubscribe:\n{}\n\nTopic: {}\n",
      unsubscribe_page_url(address, subscription.arn, signer), topic.arn);
}

Object unsubscribe_headers(const Subscription& subscription, const NotificationSigner& signer, const PublicAddress& address) {
  return {{"List-Unsubscribe", fmt::format("<{}>", unsubscribe_page_url(address, subscription.arn, signer))},
          {"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"}};
}

void add_signature(Object& document, const Topic& topic, const NotificationSigner& signer, const PublicAddress& address) {
  const std::string version = topic.attribute("SignatureVersion") == "2" ? "2" : "1";
  const std::string signature = signer.sign(text_to_sign(document), version);
  document["SignatureVersion"] = version;
  document["Signature"] = signature;
  document["SigningCertURL"] = address.url + signer.certificate_path();
}

Object shown_attributes(const delivery::MessageAttributes& attributes) {
  Object out;
  for (const auto& [name, attribute] : attributes)
    out[name] =
        Object{{"Type", attribute.type}, {"Value", attribute.type.starts_with("Binary") ? to_base64(attribute.value) : attribute.value}};
  return out;
}

}  // namespace

std::string subscribe_url(const PublicAddress& address, const std::string& topic_arn, const std::string& token) {
  return fmt::format("{}/?Action=ConfirmSubscription&TopicArn={}&Token={}", address.url, percent_encode(topic_arn), percent_encode(token));
}

std::string unsubscribe_url(const PublicAddress& address, const std::string& subscription_arn, const NotificationSigner& signer) {
  return fmt::format("{}/?Action=Unsubscribe&SubscriptionArn={}&Signature={}", address.url, percent_encode(subscription_arn),
                     signer.link_signature(subscription_arn));
}

std::string confirmation_page_url(const PublicAddress& address, const std::string& topic_arn, const std::string& token) {
  return fmt::format("{}/subscriptions/confirm?TopicArn={}&Token={}", address.url, percent_encode(topic_arn), percent_encode(token));
}

std::string unsubscribe_page_url(const PublicAddress& address, const std::string& subscription_arn, const NotificationSigner& signer) {
  return fmt::format("{}/subscriptions/unsubscribe?SubscriptionArn={}&Signature={}", address.url, percent_encode(subscription_arn),
                     signer.link_signature(subscription_arn));
}

Document notification_document(const Notification& notification, const Topic& topic, const std::string& message,
                               const std::string& unsubscribe_url, const NotificationSigner& signer, const PublicAddress& address) {
  Object out{{"Type", "Notification"}, {"MessageId", notification.message_id}};
  if (!notification.sequence_number.empty()) out["SequenceNumber"] = notification.sequence_number;
  out["TopicArn"] = notification.topic_arn;
  if (!notification.request.subject.empty()) out["Subject"] = notification.request.subject;
  out["Message"] = message;
  out["Timestamp"] = to_rfc3339_ms(notification.published_at);
  add_signature(out, topic, signer, address);
  out["UnsubscribeURL"] = unsubscribe_url;
  if (!notification.request.attributes.empty()) out["MessageAttributes"] = shown_attributes(notification.request.attributes);
  return out;
}

Document confirmation_document(const Topic& topic, const std::string& message_id, const std::string& token, Instant now,
                               const NotificationSigner& signer, const PublicAddress& address) {
  Object out{
      {"Type", "SubscriptionConfirmation"},
      {"MessageId", message_id},
      {"Token", token},
      {"TopicArn", topic.arn},
      {"Message",
       fmt::format(
           "You have chosen to subscribe to the topic {}.\nTo confirm the subscription, visit the SubscribeURL included in this message.",
           topic.arn)},
      {"SubscribeURL", subscribe_url(address, topic.arn, token)},
      {"Timestamp", to_rfc3339_ms(now)}};
  add_signature(out, topic, signer, address);
  return out;
}

Document farewell_document(const Topic& topic, const std::string& subscription_arn, const std::string& message_id, const std::string& token,
                           Instant now, const NotificationSigner& signer, const PublicAddress& address) {
  Object out{{"Type", "UnsubscribeConfirmation"},
             {"MessageId", message_id},
             {"Token", token},
             {"TopicArn", topic.arn},
             {"Message",
              fmt::format("You have chosen to deactivate subscription {}.\nTo cancel this operation and restore the subscription, visit "
                          "the SubscribeURL included in this message.",
                          subscription_arn)},
             {"SubscribeURL", subscribe_url(address, topic.arn, token)},
             {"Timestamp", to_rfc3339_ms(now)}};
  add_signature(out, topic, signer, address);
  return out;
}

Document notification_mail(const Notification& notification, const Topic& topic, const Subscription& subscription,
                           const NotificationSigner& signer, const PublicAddress& address, const std::string& from_address) {
  const std::string& subject = notification.request.subject;
  Object mail = empty_mail(topic, from_address);
  mail["to"] = subscription.endpoint;
  mail["subject"] = subject.empty() ? "Notification from " + topic.name : subject;
  mail["text"] = notification.message_for(Protocol::email) + footer(topic, subscription, signer, address);
  mail["headers"] = unsubscribe_headers(subscription, signer, address);
  return mail;
}

Document document_mail(const std::string& document, const Notification& notification, const Topic& topic, const Subscription& subscription,
                       const NotificationSigner& signer, const PublicAddress& address, const std::string& from_address) {
  const std::string& subject = notification.request.subject;
  Object mail = empty_mail(topic, from_address);
  mail["to"] = subscription.endpoint;
  mail["subject"] = subject.empty() ? "Notification from " + topic.name : subject;
  mail["text"] = document + "\n";
  mail["headers"] = unsubscribe_headers(subscription, signer, address);
  return mail;
}

Document farewell_mail(const Topic& topic, const std::string& endpoint, const std::string& token, const PublicAddress& address,
                       const std::string& from_address) {
  Object mail = empty_mail(topic, from_address);
  mail["to"] = endpoint;
  mail["subject"] = "Unsubscribe Confirmation: " + topic.name;
  mail["text"] = fmt::format(
      "Your subscription to the topic below has been deactivated:\n{}\n\nIf this was in error or you wish to resubscribe, visit the page "
      "below "
      "and press the button:\n{}\n\nThe link holds for two days.\n",
      topic.arn, confirmation_page_url(address, topic.arn, token));
  return mail;
}

Document confirmation_mail(const Topic& topic, const std::string& endpoint, const std::string& token, const PublicAddress& address,
                           const std::string& from_address) {
  const std::string text = fmt::format(
      "You have chosen to subscribe to the topic:\n{}\n\nTo confirm this subscription, visit the page below and press the button (if this "
      "was in error, no action is necessary):\n{}\n\n"
      "The link holds for two days.\n",
      topic.arn, confirmation_page_url(address, topic.arn, token));
  Object mail = empty_mail(topic, from_address);
  mail["to"] = endpoint;
  mail["subject"] = "Subscription Confirmation: " + topic.name;
  mail["text"] = text;
  return mail;
}

}  // namespace tocsin::communicate
