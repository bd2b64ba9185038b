#include <fmt/format.h>

#include <boost/json.hpp>
#include <set>

#include "api/sns/operations.h"
#include "api/sns/topic_address.h"
#include "base/letters.h"

namespace tocsin::api::sns {
namespace {

using communicate::PublishRequest;

constexpr std::size_t subject_max = 100;
constexpr std::size_t batch_max = 10;
constexpr std::size_t batch_bytes_max = 262144;

Result<void> bad(const std::string& what) { return fail(ErrorKind::invalid, "Invalid parameter: " + what, "InvalidParameterException"); }

Result<void> read_subject(const Document& entry, PublishRequest& request) {
  const auto subject = text_at(entry, "Subject");
  if (!subject) return {};
  if (subject->empty() || subject->size() > subject_max ||
      std::ranges::any_of(*subject, [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
    return bad("Subject");
  request.subject = *subject;
  return {};
}

Result<void> read_structure(const Document& entry, PublishRequest& request) {
  const auto structure = text_at(entry, "MessageStructure");
  if (!structure) return {};
  if (*structure != "json") return bad("MessageStructure");
  const auto parsed = parse_json(request.message);
  if (!parsed || !parsed->is_object()) return bad("Message Structure - JSON message body failed to parse");
  const auto otherwise = text_at(*parsed, "default");
  if (!otherwise) return bad("Message Structure - No default entry in JSON message body");
  request.message = *otherwise;
  for (const auto& [protocol, message] : parsed->get_object())
    if (protocol != "default" && message.is_string()) request.message_by_protocol.emplace(protocol, message.get_string());
  return {};
}

/// As SQS has them: letters, digits, underscores, hyphens and single inner dots, not the services' own prefixes.
Result<void> check_attribute_name(const std::string& name) {
  const std::string lower = lower_case(name);
  const bool good = !name.empty() && name.size() <= 256 && !lower.starts_with("aws.") && !lower.starts_with("amazon.") &&
                    !name.starts_with('.') && !name.ends_with('.') && name.find("..") == std::string::npos &&
                    lower.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-.") == std::string::npos;
  if (good) return {};
  return fail(ErrorKind::invalid, fmt::format("Message (user) attribute name '{}' is invalid.", name), "InvalidParameterValueException");
}

Result<void> read_attributes(const Document& entry, PublishRequest& request) {
  for (const auto& [key, value] : object_at(entry, "MessageAttributes")) {
    const std::string name(key), type = text_or(value, "DataType");
    const bool binary = type.starts_with("Binary");
    if (const auto checked = check_attribute_name(name); !checked) return checked;
    if (!binary && !type.starts_with("String") && !type.starts_with("Number"))
      return fail(ErrorKind::invalid,
                  fmt::format("The message attribute '{}' has an invalid message attribute type, the set of supported type prefixes is "
                              "Binary, Number, and String.",
                              name),
                  "InvalidParameterValueException");
    const auto text = text_at(value, binary ? "BinaryValue" : "StringValue");
    if (!text || text->empty())
      return fail(ErrorKind::invalid,
                  fmt::format("The message attribute '{}' must contain non-empty message attribute value for message attribute type '{}'.",
                              name, type),
                  "InvalidParameterValueException");
    if (type.starts_with("Number") && !parse_json(*text))
      return fail(ErrorKind::invalid, fmt::format("Could not cast message attribute '{}' value to number.", name),
                  "InvalidParameterValueException");
    request.attributes[name] = {type, *text};
  }
  return {};
}

Result<PublishRequest> read_request(const Document& entry) {
  PublishRequest request{.message = text_or(entry, "Message"),
                         .group_id = text_or(entry, "MessageGroupId"),
                         .deduplication_id = text_or(entry, "MessageDeduplicationId")};
  Result<void> read = read_subject(entry, request);
  if (read) read = read_structure(entry, request);
  if (read) read = read_attributes(entry, request);
  if (!read) return std::unexpected(read.error());
  return request;
}

Object to_document(const communicate::Published& published) {
  Object out{{"MessageId", published.message_id}};
  if (!published.sequence_number.empty()) out["SequenceNumber"] = published.sequence_number;
  return out;
}

std::expected<void, ServiceError> check_batch(const Array& entries) {
  if (entries.empty()) return api::refuse("EmptyBatchRequestException", "The batch request doesn't contain any entries.");
  if (entries.size() > batch_max)
    return api::refuse("TooManyEntriesInBatchRequestException", "The batch request contains more entries than permissible (more than 10).");
  std::set<std::string> ids;
  std::size_t bytes = 0;
  for (const Document& entry : entries) {
    const std::string id = text_or(entry, "Id");
    if (id.empty() || id.size() > 80 ||
        id.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != std::string::npos)
      return api::refuse("InvalidBatchEntryIdException", "The Id of a batch entry in a batch request doesn't abide by the specification.");
    if (!ids.insert(id).second)
      return api::refuse("BatchEntryIdsNotDistinctException", "Two or more batch entries in the request have the same Id.");
    bytes += text_or(entry, "Message").size();
  }
  if (bytes > batch_bytes_max)
    return api::refuse("BatchRequestTooLongException", "The length of all the batch messages put together is more than the limit.");
  return {};
}

}  // namespace

Reply publish(Topics& topics, const Call& call) {
  const bool phone = find(call.input, "PhoneNumber") != nullptr;
  if (phone + (find(call.input, "TopicArn") != nullptr) + (find(call.input, "TargetArn") != nullptr) != 1)
    return bad_parameter(phone ? "PhoneNumber Reason: only one of TopicArn, TargetArn and PhoneNumber can be given"
                               : "TopicArn or TargetArn Reason: no value for required parameter");
  const auto request = read_request(call.input);
  if (!request) return refuse(request.error());
  if (phone) {
    const auto published = topics.publish_to_phone(call.scope, text_or(call.input, "PhoneNumber"), *request);
    if (!published) return refuse(published.error());
    return to_document(*published);
  }
  const auto arn = addressed(call, find(call.input, "TopicArn") ? "TopicArn" : "TargetArn");
  if (!arn) return std::unexpected(arn.error());
  const auto published = topics.publish(*arn, *request);
  if (!published) return refuse(published.error());
  return to_document(*published);
}

Reply publish_batch(Topics& topics, const Call& call) {
  const auto arn = addressed(call, "TopicArn");
  if (!arn) return std::unexpected(arn.error());
  const Array& entries = array_at(call.input, "PublishBatchRequestEntries");
  if (const auto checked = check_batch(entries); !checked) return std::unexpected(checked.error());
  if (const auto topic = topics.find_topic(*arn); !topic) return refuse(topic.error());
  Array successful, failed;
  for (const Document& entry : entries) {
    const auto request = read_request(entry);
    const auto published = request ? topics.publish(*arn, *request) : Result<communicate::Published>(std::unexpected(request.error()));
    if (published) {
      Object done = to_document(*published);
      done["Id"] = text_or(entry, "Id");
      successful.emplace_back(std::move(done));
    } else {
      failed.emplace_back(Object{
          {"Id", text_or(entry, "Id")}, {"Code", "InvalidParameter"}, {"Message", published.error().message}, {"SenderFault", true}});
    }
  }
  return Object{{"Successful", std::move(successful)}, {"Failed", std::move(failed)}};
}

}  // namespace tocsin::api::sns
