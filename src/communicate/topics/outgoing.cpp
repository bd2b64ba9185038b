#include "communicate/topics/outgoing.h"

namespace tocsin::communicate {

Outgoing::Outgoing(const Notification& notification, const Topic& topic, const NotificationSigner& signer, PublicAddress address)
    : notification_(notification), topic_(topic), signer_(signer), address_(std::move(address)) {}

std::string Outgoing::document_for(const Subscription& subscription) {
  const std::string& message = notification_.message_for(subscription.protocol);
  auto rendered = rendered_.find(message);
  if (rendered == rendered_.end()) {
    // nobody could have written the id of this message into it before it had one
    const std::string place = "unsubscribe:" + notification_.message_id;
    const std::string whole = to_pretty_json(notification_document(notification_, topic_, message, place, signer_, address_));
    const std::size_t at = whole.find(place);
    rendered = rendered_.emplace(message, std::pair(whole.substr(0, at), whole.substr(at + place.size()))).first;
  }
  return rendered->second.first + unsubscribe_url(address_, subscription.arn, signer_) + rendered->second.second;
}

}  // namespace tocsin::communicate
