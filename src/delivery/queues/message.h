// What a queue holds.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/document.h"

namespace tocsin::delivery {

/// A message attribute. `type` is String, Number or Binary, with an optional ".custom" label; `value` holds the text or the raw bytes.
struct MessageAttribute {
  std::string type;
  std::string value;
  bool operator==(const MessageAttribute&) const = default;
};
using MessageAttributes = std::map<std::string, MessageAttribute>;

struct OutgoingMessage {
  std::string body;
  MessageAttributes attributes;
  std::string trace_header;      ///< AWSTraceHeader; may be empty
  std::string group_id;          ///< required by a FIFO queue
  std::string deduplication_id;  ///< FIFO; may be empty when the queue deduplicates by content
  std::string sender_id;
  std::string source_arn;  ///< of a service that sends: the rule, the topic
  int delay_seconds = -1;  ///< -1: the queue's
  std::string role_arn;    ///< that the service takes on to send; empty: none
};

struct SentMessage {
  std::string message_id;
  std::string body_md5;
  std::string attributes_md5;    ///< empty without attributes
  std::string trace_header_md5;  ///< empty without one
  std::string sequence_number;   ///< FIFO
};

struct ReceivedMessage {
  std::string message_id;
  std::string receipt_handle;
  std::string body;
  MessageAttributes attributes;
  /// By the service's names: SenderId, SentTimestamp, ApproximateReceiveCount …
  std::map<std::string, std::string> system_attributes;
};

/// The digest that SDKs check: names in order, each with its type and value, lengths before them.
/// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
std::string attributes_digest(const MessageAttributes& attributes);

/// As JSON for the table; binary values as base64.
Object to_document(const MessageAttributes& attributes);
MessageAttributes attributes_from(const Document& document);

}  // namespace tocsin::delivery
