// The documents and mails that subscribers get.
#pragma once

#include <string>

#include "base/document.h"
#include "communicate/topics/notification_signer.h"
#include "communicate/topics/topic.h"

namespace tocsin::communicate {

/// Where this server is reached from outside, without a slash at the end.
struct PublicAddress {
  std::string url;
};

/// `BASE/?Action=ConfirmSubscription&TopicArn=…&Token=…`: confirms on GET, for machines.
std::string subscribe_url(const PublicAddress& address, const std::string& topic_arn, const std::string& token);
/// `BASE/?Action=Unsubscribe&SubscriptionArn=…&Signature=…`: for machines.
std::string unsubscribe_url(const PublicAddress& address, const std::string& subscription_arn, const NotificationSigner& signer);
/// Pages with a button, for people: opening one changes nothing.
std::string confirmation_page_url(const PublicAddress& address, const std::string& topic_arn, const std::string& token);
std::string unsubscribe_page_url(const PublicAddress& address, const std::string& subscription_arn, const NotificationSigner& signer);

/// The signed document of a notification, as SQS, HTTP/S and email-json subscribers get it. `message` is the text for their protocol.
Document notification_document(const Notification& notification, const Topic& topic, const std::string& message,
                               const std::string& unsubscribe_url, const NotificationSigner& signer, const PublicAddress& address);
/// The signed SubscriptionConfirmation.
Document confirmation_document(const Topic& topic, const std::string& message_id, const std::string& token, Instant now,
                               const NotificationSigner& signer, const PublicAddress& address);
/// The signed UnsubscribeConfirmation: its SubscribeURL restores the subscription.
Document farewell_document(const Topic& topic, const std::string& subscription_arn, const std::string& message_id, const std::string& token,
                           Instant now, const NotificationSigner& signer, const PublicAddress& address);

/// Contents for the "smtp" carrier: {from, to, subject, text, headers}. `from_address` is the server's; empty leaves `from` out.
Document notification_mail(const Notification& notification, const Topic& topic, const Subscription& subscription,
                           const NotificationSigner& signer, const PublicAddress& address, const std::string& from_address);
/// `document` is the JSON text of the notification.
Document document_mail(const std::string& document, const Notification& notification, const Topic& topic, const Subscription& subscription,
                       const NotificationSigner& signer, const PublicAddress& address, const std::string& from_address);
Document farewell_mail(const Topic& topic, const std::string& endpoint, const std::string& token, const PublicAddress& address,
                       const std::string& from_address);
Document confirmation_mail(const Topic& topic, const std::string& endpoint, const std::string& token, const PublicAddress& address,
                           const std::string& from_address);

}  // namespace tocsin::communicate
