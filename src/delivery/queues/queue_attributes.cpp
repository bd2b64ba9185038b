#include "delivery/queues/queue_attributes.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <charconv>

#include "base/document.h"
#include "model/arn.h"

namespace tocsin::delivery {
namespace {

struct NumberAttribute {
  const char* name;
  int min, max, otherwise;
};

constexpr NumberAttribute number_attributes[] = {
    {"DelaySeconds", 0, 900, 0},
    {"MaximumMessageSize", 1024, 1048576, 1048576},
    {"MessageRetentionPeriod", 60, 1209600, 345600},
    {"ReceiveMessageWaitTimeSeconds", 0, 20, 0},
    {"VisibilityTimeout", 0, 43200, 30},
    {"KmsDataKeyReusePeriodSeconds", 60, 86400, 300},
};
constexpr const char* truth_attributes[] = {"FifoQueue", "ContentBasedDeduplication", "SqsManagedSseEnabled"};
constexpr const char* removable_attributes[] = {"Policy", "RedrivePolicy", "RedriveAllowPolicy"};

std::optional<int> whole_number(std::string_view text) {
  int number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

template <typename List>
bool contains(const List& list, std::string_view name) {
  for (const char* entry : list)
    if (name == entry) return true;
  return false;
}

Result<void> bad_value(const std::string& name, std::string_view why = {}) {
  std::string words = fmt::format("Invalid value for the parameter {}.", name);
  if (!why.empty()) words += fmt::format(" Reason: {}", why);
  return fail(ErrorKind::invalid, std::move(words), "InvalidAttributeValue");
}

int receive_count_of(const Document& policy) {
  if (const auto number = integer_at(policy, "maxReceiveCount")) return static_cast<int>(std::min<std::int64_t>(*number, 1001));
  return whole_number(text_or(policy, "maxReceiveCount")).value_or(0);
}

Result<void> check_redrive(const std::string& value) {
  if (value.empty()) return {};
  const auto policy = parse_json(value);
  if (!policy || !policy->is_object()) return bad_value("RedrivePolicy", "Redrive policy is not a valid JSON map.");
  const auto arn = parse_arn(text_or(*policy, "deadLetterTargetArn"));
  if (!arn || arn->service != "sqs") return bad_value("RedrivePolicy", "Invalid value for deadLetterTargetArn.");
  const int count = receive_count_of(*policy);
  if (count < 1 || count > 1000) return bad_value("RedrivePolicy", "Invalid value for maxReceiveCount: it must be between 1 and 1000.");
  return {};
}

Result<void> check_one(const std::string& name, const std::string& value, bool fifo, bool creating) {
  for (const NumberAttribute& known : number_attributes) {
    if (name != known.name) continue;
    const auto number = whole_number(value);
    return number && *number >= known.min && *number <= known.max ? Result<void>{} : bad_value(name);
  }
  if (contains(truth_attributes, name)) {
    if (value != "true" && value != "false") return bad_value(name);
    if (name == "FifoQueue" && (!creating || value == "false"))
      return fail(ErrorKind::invalid, "Unknown Attribute FifoQueue.", "InvalidAttributeName");
    if (name == "ContentBasedDeduplication" && !fifo)
      return fail(ErrorKind::invalid, "Unknown Attribute ContentBasedDeduplication.", "InvalidAttributeName");
    return {};
  }
  if (name == "RedrivePolicy") return check_redrive(value);
  if (name == "Policy" || name == "RedriveAllowPolicy") return value.empty() || parse_json(value) ? Result<void>{} : bad_value(name);
  if (name == "KmsMasterKeyId") return {};
  if (name == "DeduplicationScope") return fifo && (value == "queue" || value == "messageGroup") ? Result<void>{} : bad_value(name);
  if (name == "FifoThroughputLimit")
    return fifo && (value == "perQueue" || value == "perMessageGroupId") ? Result<void>{} : bad_value(name);
  return fail(ErrorKind::invalid, fmt::format("Unknown Attribute {}.", name), "InvalidAttributeName");
}

}  // namespace

void QueueAttributes::merge(const AttributeMap& changes) {
  for (const auto& [name, value] : changes) {
    if (value.empty() && contains(removable_attributes, name))
      set_.erase(name);
    else
      set_[name] = value;
  }
}

std::string QueueAttributes::value(const std::string& name) const {
  const auto found = set_.find(name);
  return found == set_.end() ? std::string() : found->second;
}

int QueueAttributes::number(const std::string& name) const {
  if (const auto number = whole_number(value(name))) return *number;
  for (const NumberAttribute& known : number_attributes)
    if (name == known.name) return known.otherwise;
  return 0;
}

AttributeMap QueueAttributes::all() const {
  AttributeMap out = set_;
  for (const NumberAttribute& known : number_attributes)
    if (std::string_view(known.name) != "KmsDataKeyReusePeriodSeconds" || set_.contains("KmsMasterKeyId"))
      out.emplace(known.name, std::to_string(known.otherwise));
  out.emplace("SqsManagedSseEnabled", set_.contains("KmsMasterKeyId") ? "false" : "true");
  if (fifo()) {
    out.emplace("ContentBasedDeduplication", "false");
    out.emplace("DeduplicationScope", "queue");
    out.emplace("FifoThroughputLimit", "perQueue");
  }
  return out;
}

std::optional<Redrive> QueueAttributes::redrive() const {
  const auto policy = parse_json(value("RedrivePolicy"));
  if (!policy) return std::nullopt;
  return Redrive{text_or(*policy, "deadLetterTargetArn"), receive_count_of(*policy)};
}

Result<void> check_queue_attributes(const AttributeMap& attributes, bool fifo, bool creating) {
  for (const auto& [name, value] : attributes)
    if (const auto checked = check_one(name, value, fifo, creating); !checked) return checked;
  return {};
}

}  // namespace tocsin::delivery
