// What a subscription sends: the document, and its form on the wire. Pure.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/document.h"

namespace tocsin::telemetry {

struct SubscribedEvent {
  std::string id;
  std::int64_t time_ms = 0;
  std::string message;
  std::map<std::string, std::string> extracted_fields;
};

struct Envelope {
  std::string owner;  ///< the account
  std::string log_group, log_stream;
  std::string subscription_filter;
  std::vector<SubscribedEvent> events;
};

Document to_document(const Envelope& envelope);
/// gzip and base64 of the document; as many texts as it takes for none to be longer than `bytes_max` (an event alone may be).
std::vector<std::string> packed(const Envelope& envelope, std::size_t bytes_max);

}  // namespace tocsin::telemetry
