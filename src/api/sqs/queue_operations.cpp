#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "api/sqs/operations.h"
#include "api/sqs/queue_address.h"
#include "model/arn.h"

namespace tocsin::api::sqs {
namespace {

using TextMap = std::map<std::string, std::string>;

TextMap map_at(const Document& input, std::string_view member) {
  TextMap out;
  for (const auto& [name, value] : object_at(input, member)) out.emplace(name, value.as_string());
  return out;
}

Document to_document(const TextMap& map) {
  Object out;
  for (const auto& [name, value] : map) out[name] = value;
  return out;
}

constexpr const char* attribute_names[] = {"Policy",
                                           "VisibilityTimeout",
                                           "MaximumMessageSize",
                                           "MessageRetentionPeriod",
                                           "ApproximateNumberOfMessages",
                                           "ApproximateNumberOfMessagesNotVisible",
                                           "CreatedTimestamp",
                                           "LastModifiedTimestamp",
                                           "QueueArn",
                                           "ApproximateNumberOfMessagesDelayed",
                                           "DelaySeconds",
                                           "ReceiveMessageWaitTimeSeconds",
                                           "RedrivePolicy",
                                           "FifoQueue",
                                           "ContentBasedDeduplication",
                                           "KmsMasterKeyId",
                                           "KmsDataKeyReusePeriodSeconds",
                                           "DeduplicationScope",
                                           "FifoThroughputLimit",
                                           "RedriveAllowPolicy",
                                           "SqsManagedSseEnabled"};

TextMap attributes_of(Queues& queues, const delivery::Queue& queue) {
  TextMap out = queue.attributes.all();
  const auto counts = queues.counts(queue.arn());
  out["QueueArn"] = queue.arn();
  out["CreatedTimestamp"] = std::to_string(to_seconds(queue.created_at));
  out["LastModifiedTimestamp"] = std::to_string(to_seconds(queue.modified_at));
  out["ApproximateNumberOfMessages"] = std::to_string(counts.visible);
  out["ApproximateNumberOfMessagesNotVisible"] = std::to_string(counts.in_flight);
  out["ApproximateNumberOfMessagesDelayed"] = std::to_string(counts.delayed);
  return out;
}

/// Without MaxResults the service gives the first thousand and no token.
struct Page {
  std::string after;
  int count_max = 1000;
  bool sized = false;
};

std::expected<Page, ServiceError> asked_page(const ListTokens& tokens, const Call& call) {
  Page page;
  if (const auto token = text_at(call.input, "NextToken")) {
    const auto opened = tokens.open(call, *token);
    if (!opened) return api::refuse("InvalidParameterValue", "Invalid or expired next token.");
    page.after = *opened;
  }
  const auto wanted = integer_at(call.input, "MaxResults");
  if (wanted && (*wanted < 1 || *wanted > 1000))
    return api::refuse(
        "InvalidParameterValue",
        fmt::format("Value {} for parameter MaxResults is invalid. Reason: MaxResults must be an integer between 1 and 1000.", *wanted));
  page.sized = wanted.has_value();
  page.count_max = static_cast<int>(wanted.value_or(1000));
  return page;
}

Reply empty_or(const Result<void>& result) {
  if (!result) return refuse(result.error());
  return Object{};
}

}  // namespace

Reply create_queue(Queues& queues, const Call& call) {
  const auto queue =
      queues.create(call.scope, text_or(call.input, "QueueName"), map_at(call.input, "Attributes"), map_at(call.input, "tags"));
  if (!queue) return refuse(queue.error());
  return Object{{"QueueUrl", queue_url(call, *queue)}};
}

Reply get_queue_url(Queues& queues, const Call& call) {
  const Scope owner{text_or(call.input, "QueueOwnerAWSAccountId", call.scope.account), call.scope.region};
  const auto queue = queues.find(make_arn("sqs", owner, text_or(call.input, "QueueName")));
  if (!queue) return refuse(queue.error());
  return Object{{"QueueUrl", queue_url(call, *queue)}};
}

Reply list_queues(Queues& queues, const ListTokens& tokens, const Call& call) {
  const auto page = asked_page(tokens, call);
  if (!page) return std::unexpected(page.error());
  const auto found = queues.list(call.scope, text_or(call.input, "QueueNamePrefix"), page->after, page->count_max);
  Array urls;
  for (const auto& queue : found) urls.emplace_back(queue_url(call, queue));
  Object out;
  if (!urls.empty()) out["QueueUrls"] = std::move(urls);
  if (page->sized && static_cast<int>(found.size()) == page->count_max) out["NextToken"] = tokens.seal(call, found.back().name);
  return out;
}

Reply list_dead_letter_source_queues(Queues& queues, const ListTokens& tokens, const Call& call) {
  return with_queue(queues, call, [&](const delivery::Queue& queue) -> Reply {
    const auto page = asked_page(tokens, call);
    if (!page) return std::unexpected(page.error());
    const auto found = queues.dead_letter_sources(queue.arn(), page->after, page->count_max);
    Array urls;
    for (const auto& source : found) urls.emplace_back(queue_url(call, source));
    Object out{{"queueUrls", std::move(urls)}};
    if (page->sized && static_cast<int>(found.size()) == page->count_max) out["NextToken"] = tokens.seal(call, found.back().name);
    return out;
  });
}

Reply delete_queue(Queues& queues, const Call& call) {
  return with_queue(queues, call, [&](const delivery::Queue& queue) { return empty_or(queues.remove(queue.arn())); });
}

Reply purge_queue(Queues& queues, const Call& call) {
  return with_queue(queues, call, [&](const delivery::Queue& queue) { return empty_or(queues.purge(queue.arn())); });
}

Reply get_queue_attributes(Queues& queues, const Call& call) {
  return with_queue(queues, call, [&](const delivery::Queue& queue) -> Reply {
    const TextMap all = attributes_of(queues, queue);
    TextMap asked;
    for (const Document& wanted : array_at(call.input, "AttributeNames")) {
      const std::string name(wanted.as_string());
      if (name == "All")
        asked = all;
      else if (std::ranges::find(attribute_names, name) == std::end(attribute_names))
        return api::refuse("InvalidAttributeName", fmt::format("Unknown Attribute {}.", name));
      else if (const auto found = all.find(name); found != all.end())
        asked.insert(*found);
    }
    if (asked.empty()) return Object{};
    return Object{{"Attributes", to_document(asked)}};
  });
}

Reply set_queue_attributes(Queues& queues, const Call& call) {
  return with_queue(queues, call, [&](const delivery::Queue& queue) {
    return empty_or(queues.set_attributes(queue.arn(), map_at(call.input, "Attributes")));
  });
}

Reply tag_queue(Queues& queues, const Call& call) {
  return with_queue(queues, call, [&](const delivery::Queue& queue) -> Reply {
    TextMap tags = queue.tags;
    for (const auto& [name, value] : map_at(call.input, "Tags")) tags[name] = value;
    if (tags.size() > 50) return api::refuse("InvalidParameterValue", "Too many tags added for queue.");
    return empty_or(queues.set_tags(queue.arn(), tags));
  });
}

Reply untag_queue(Queues& queues, const Call& call) {
  return with_queue(queues, call, [&](const delivery::Queue& queue) {
    TextMap tags = queue.tags;
    for (const Document& key : array_at(call.input, "TagKeys")) tags.erase(std::string(key.as_string()));
    return empty_or(queues.set_tags(queue.arn(), tags));
  });
}

Reply list_queue_tags(Queues& queues, const Call& call) {
  return with_queue(queues, call, [&](const delivery::Queue& queue) -> Reply {
    if (queue.tags.empty()) return Object{};
    return Object{{"Tags", to_document(queue.tags)}};
  });
}

}  // namespace tocsin::api::sqs
