// A message on its way to many subscribers: what is the same for all of them, above all the signature, is made once.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "communicate/topics/notification_text.h"

namespace tocsin::communicate {

class Outgoing {
 public:
  /// All references must outlive it.
  Outgoing(const Notification& notification, const Topic& topic, const NotificationSigner& signer, PublicAddress address);

  const Notification& notification() const { return notification_; }
  const Topic& topic() const { return topic_; }
  const PublicAddress& address() const { return address_; }
  const NotificationSigner& signer() const { return signer_; }
  /// The signed document as the subscription gets it, as JSON text.
  std::string document_for(const Subscription& subscription);

 private:
  const Notification& notification_;
  const Topic& topic_;
  const NotificationSigner& signer_;
  const PublicAddress address_;
  /// By message text: the document before and after the link that ends the subscription.
  std::map<std::string, std::pair<std::string, std::string>, std::less<>> rendered_;
};

}  // namespace tocsin::communicate
