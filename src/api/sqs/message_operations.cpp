#include <fmt/format.h>

#include <boost/json.hpp>
#include <functional>
#include <set>

#include "api/sqs/operations.h"
#include "api/sqs/queue_address.h"
#include "base/letters.h"

namespace tocsin::api::sqs {
namespace {

constexpr std::size_t batch_max = 10;
constexpr std::size_t batch_bytes_max = 1048576;

using delivery::MessageAttribute;
using delivery::OutgoingMessage;

/// Names begin with neither AWS. nor Amazon., nor hold more than letters, digits, hyphens, underscores and single dots.
Result<void> check_attribute_name(const std::string& name) {
  const auto bad = [&](std::string_view why) {
    return fail(ErrorKind::invalid, fmt::format("Message (user) attribute name '{}' is invalid. Reason: {}", name, why),
                "InvalidParameterValue");
  };
  const std::string lower = lower_case(name);
  if (lower.starts_with("aws.") || lower.starts_with("amazon.")) return bad("The name must not start with AWS. or Amazon.");
  if (name.empty() || name.size() > 256) return bad("The name must be from 1 to 256 characters long.");
  if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != std::string::npos ||
      name.starts_with('.') || name.ends_with('.') || name.find("..") != std::string::npos)
    return bad("The name can contain A-Z, a-z, 0-9, underscore, hyphen and single inner dots only.");
  return {};
}

bool is_number(const std::string& text) {
  const auto parsed = text.size() <= 128 ? parse_json(text) : Result<Document>(Document());
  return parsed && parsed->is_number();
}

Result<MessageAttribute> read_attribute(const std::string& name, const Document& value) {
  if (const auto checked = check_attribute_name(name); !checked) return std::unexpected(checked.error());
  const std::string type = text_or(value, "DataType");
  const std::string kind = type.substr(0, type.find('.'));
  const auto bad = [](std::string words) { return fail(ErrorKind::invalid, std::move(words), "InvalidParameterValue"); };
  if (kind != "String" && kind != "Number" && kind != "Binary")
    return bad(
        fmt::format("The type of message (user) attribute '{}' is invalid. You must use only the following supported type prefixes: "
                    "Binary, Number, String.",
                    name));
  const auto text = text_at(value, kind == "Binary" ? "BinaryValue" : "StringValue");
  if (!text || text->empty())
    return bad(fmt::format("The message (user) attribute '{}' must contain a non-empty value of type '{}'.", name,
                           kind == "Binary" ? "Binary" : "String"));
  if (kind == "Number" && !is_number(*text))
    return bad(fmt::format("Can't cast the value of message (user) attribute '{}' to a number.", name));
  return MessageAttribute{type, *text};
}

Result<OutgoingMessage> read_message(const Call& call, const Document& entry) {
  OutgoingMessage message{.body = text_or(entry, "MessageBody"),
                          .group_id = text_or(entry, "MessageGroupId"),
                          .deduplication_id = text_or(entry, "MessageDeduplicationId"),
                          .sender_id = call.principal.principal_id,
                          .delay_seconds = static_cast<int>(integer_or(entry, "DelaySeconds", -1))};
  if (const auto delay = integer_or(entry, "DelaySeconds", 0); delay < 0)
    return fail(ErrorKind::invalid,
                fmt::format("Value {} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.", delay),
                "InvalidParameterValue");
  const Object& attributes = object_at(entry, "MessageAttributes");
  if (attributes.size() > 10)
    return fail(ErrorKind::invalid, fmt::format("Number of message attributes [{}] exceeds the allowed maximum [10].", attributes.size()),
                "InvalidParameterValue");
  for (const auto& [name, value] : attributes) {
    auto attribute = read_attribute(std::string(name), value);
    if (!attribute) return std::unexpected(attribute.error());
    message.attributes.emplace(name, std::move(*attribute));
  }
  for (const auto& [name, value] : object_at(entry, "MessageSystemAttributes")) {
    if (name != "AWSTraceHeader")
      return fail(ErrorKind::invalid, fmt::format("Message system attribute name '{}' is invalid.", std::string(name)),
                  "InvalidParameterValue");
    message.trace_header = text_or(value, "StringValue");
  }
  return message;
}

Object to_document(const delivery::SentMessage& sent) {
  Object out{{"MessageId", sent.message_id}, {"MD5OfMessageBody", sent.body_md5}};
  if (!sent.attributes_md5.empty()) out["MD5OfMessageAttributes"] = sent.attributes_md5;
  if (!sent.trace_header_md5.empty()) out["MD5OfMessageSystemAttributes"] = sent.trace_header_md5;
  if (!sent.sequence_number.empty()) out["SequenceNumber"] = sent.sequence_number;
  return out;
}

Result<Object> send(Queues& queues, const Call& call, const std::string& arn, const Document& entry) {
  const auto message = read_message(call, entry);
  if (!message) return std::unexpected(message.error());
  const auto sent = queues.send(arn, *message);
  if (!sent) return std::unexpected(sent.error());
  return to_document(*sent);
}

std::expected<void, ServiceError> check_batch(const Array& entries) {
  if (entries.empty()) return api::refuse("EmptyBatchRequest", "There should be at least one entry in the request.");
  if (entries.size() > batch_max)
    return api::refuse("TooManyEntriesInBatchRequest",
                       fmt::format("Maximum number of entries per request are {}. You have sent {}.", batch_max, entries.size()));
  std::set<std::string> ids;
  std::size_t bytes = 0;
  for (const Document& entry : entries) {
    const std::string id = text_or(entry, "Id");
    if (id.empty() || id.size() > 80 ||
        id.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != std::string::npos)
      return api::refuse(
          "InvalidBatchEntryId",
          "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.");
    if (!ids.insert(id).second) return api::refuse("BatchEntryIdsNotDistinct", fmt::format("Id {} repeated.", id));
    bytes += text_or(entry, "MessageBody").size();
    for (const auto& [name, value] : object_at(entry, "MessageAttributes"))
      bytes +=
          name.size() + text_or(value, "DataType").size() + text_or(value, "StringValue").size() + text_or(value, "BinaryValue").size();
  }
  if (bytes > batch_bytes_max)
    return api::refuse("BatchRequestTooLong",
                       fmt::format("Batch requests cannot be longer than {} bytes. You have sent {} bytes.", batch_bytes_max, bytes));
  return {};
}

/// Each entry stands or falls alone.
Reply each_entry(Queues& queues, const Call& call,
                 const std::function<Result<Object>(const std::string& arn, const Document& entry)>& act) {
  const auto arn = addressed_arn(call);
  if (!arn) return std::unexpected(arn.error());
  const Array& entries = array_at(call.input, "Entries");
  if (const auto checked = check_batch(entries); !checked) return std::unexpected(checked.error());
  if (const auto queue = queues.find(*arn); !queue) return refuse(queue.error());
  Array successful, failed;
  for (const Document& entry : entries) {
    auto result = act(*arn, entry);
    if (result) {
      (*result)["Id"] = text_or(entry, "Id");
      successful.emplace_back(std::move(*result));
    } else {
      failed.emplace_back(Object{
          {"Id", text_or(entry, "Id")}, {"SenderFault", true}, {"Code", result.error().reason}, {"Message", result.error().message}});
    }
  }
  Object out;
  if (!successful.empty()) out["Successful"] = std::move(successful);
  if (!failed.empty()) out["Failed"] = std::move(failed);
  return out;
}

Result<Object> to_object(const Result<void>& result) {
  if (!result) return std::unexpected(result.error());
  return Object{};
}

Reply single(const Call& call, const std::function<Result<Object>(const std::string& arn, const Document& entry)>& act) {
  const auto arn = addressed_arn(call);
  if (!arn) return std::unexpected(arn.error());
  auto result = act(*arn, call.input);
  if (!result) return refuse(result.error());
  return std::move(*result);
}

Result<Object> change_visibility(Queues& queues, const std::string& arn, const Document& entry) {
  const auto seconds = static_cast<int>(integer_or(entry, "VisibilityTimeout", 0));
  return to_object(queues.change_visibility(arn, text_or(entry, "ReceiptHandle"), seconds));
}

Result<Object> remove(Queues& queues, const std::string& arn, const Document& entry) {
  return to_object(queues.remove_message(arn, text_or(entry, "ReceiptHandle")));
}

}  // namespace

Reply send_message(Queues& queues, const Call& call) {
  return single(call, [&](const std::string& arn, const Document& entry) { return send(queues, call, arn, entry); });
}

Reply send_message_batch(Queues& queues, const Call& call) {
  return each_entry(queues, call, [&](const std::string& arn, const Document& entry) { return send(queues, call, arn, entry); });
}

Reply delete_message(Queues& queues, const Call& call) {
  return single(call, [&](const std::string& arn, const Document& entry) { return remove(queues, arn, entry); });
}

Reply delete_message_batch(Queues& queues, const Call& call) {
  return each_entry(queues, call, [&](const std::string& arn, const Document& entry) { return remove(queues, arn, entry); });
}

Reply change_message_visibility(Queues& queues, const Call& call) {
  return single(call, [&](const std::string& arn, const Document& entry) { return change_visibility(queues, arn, entry); });
}

Reply change_message_visibility_batch(Queues& queues, const Call& call) {
  return each_entry(queues, call, [&](const std::string& arn, const Document& entry) { return change_visibility(queues, arn, entry); });
}

}  // namespace tocsin::api::sqs
