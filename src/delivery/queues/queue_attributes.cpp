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

constexpr int redrive_receives_max = 1000;
constexpr std::size_t redrive_sources_max = 10;

Result<void> bad_value(const std::string& name, std::string_view reason = {}) {
  return fail(ErrorKind::invalid, fmt::format("Invalid value for the parameter {}.{}{}", name, reason.empty() ? "" : " Reason: ", reason),
              "InvalidAttributeValue");
}

/// One of the two settings of high throughput that only FIFO queues have.
Result<void> check_throughput(const std::string& name, const std::string& value, bool fifo, std::initializer_list<std::string_view> known) {
  if (!fifo)
    return fail(ErrorKind::invalid, fmt::format("You can specify the {} only when FifoQueue is set to true.", name),
                "InvalidAttributeName");
  for (const std::string_view one : known)
    if (value == one) return {};
  return bad_value(name, "not a supported value.");
}

int receive_count_of(const Document& policy) {
  if (const auto number = integer_at(policy, "maxReceiveCount")) return static_cast<int>(std::min<std::int64_t>(*number, 1001));
  return whole_number(text_or(policy, "maxReceiveCount")).value_or(0);
}

std::unexpected<Error> bad_policy(const char* name, const std::string& value, const std::string& reason) {
  return fail(ErrorKind::invalid, fmt::format("Value {} for parameter {} is invalid. Reason: {}", value, name, reason),
              "InvalidParameterValue");
}

Result<void> check_redrive(const std::string& value) {
  if (value.empty()) return {};
  const auto bad = [&](const std::string& reason) { return bad_policy("RedrivePolicy", value, reason); };
  const auto policy = parse_json(value);
  if (!policy || !policy->is_object()) return bad("Redrive policy is not a valid JSON map.");
  for (const char* member : {"deadLetterTargetArn", "maxReceiveCount"})
    if (!find(*policy, member)) return bad(fmt::format("Redrive policy does not contain mandatory attribute: {}.", member));
  for (const auto& [name, ignored] : policy->get_object())
    if (name != "deadLetterTargetArn" && name != "maxReceiveCount")
      return bad("Only following attributes are supported: [deadLetterTargetArn, maxReceiveCount].");
  const auto arn = parse_arn(text_or(*policy, "deadLetterTargetArn"));
  if (arn && arn->service != "sqs") return bad("Only SQS queues are valid resources for deadLetterTargetArn.");
  if (!arn) return bad("Invalid value for deadLetterTargetArn.");
  const int count = receive_count_of(*policy);
  if (count < 1 || count > redrive_receives_max) {
    const Document* written = find(*policy, "maxReceiveCount");
    return bad(fmt::format("Invalid value for maxReceiveCount: {}, valid values are from 1 to 1000 both inclusive.",
                           written->is_string() ? std::string(written->get_string()) : to_json(*written)));
  }
  return {};
}

Result<void> check_redrive_allow(const std::string& value) {
  if (value.empty()) return {};
  const auto bad = [&](const std::string& reason) { return bad_policy("RedriveAllowPolicy", value, reason); };
  const auto policy = parse_json(value);
  if (!policy || !policy->is_object()) return bad("Redrive allow policy is not a valid JSON map.");
  const std::string permission = text_or(*policy, "redrivePermission");
  const Array& sources = array_at(*policy, "sourceQueueArns");
  if (permission != "allowAll" && permission != "denyAll" && permission != "byQueue")
    return bad("Amazon SQS can't create the redrive allow policy, as it's in an unsupported format.");
  if (permission != "byQueue") {
    if (sources.empty()) return {};
    return bad(
        "Amazon SQS can't create the redrive allow policy. You can specify source queue ARNs only when the permission type is byQueue.");
  }
  if (sources.empty() || sources.size() > redrive_sources_max)
    return bad(
        "Amazon SQS can't create the redrive allow policy. When you specify the byQueue permission type, you must also specify between 1 "
        "and "
        "10 source queue ARNs.");
  for (const Document& source : sources)
    if (const auto arn = source.is_string() ? parse_arn(std::string(source.get_string())) : std::nullopt; !arn || arn->service != "sqs")
      return bad("Amazon SQS can't create the redrive allow policy. A source queue ARN is not valid.");
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
  if (name == "RedriveAllowPolicy") return check_redrive_allow(value);
  if (name == "Policy") {
    const auto policy = parse_json(value.empty() ? "{}" : value);
    return policy && policy->is_object() ? Result<void>{} : bad_value(name);
  }
  if (name == "KmsMasterKeyId") return {};
  if (name == "DeduplicationScope") return check_throughput(name, value, fifo, {"queue", "messageGroup"});
  if (name == "FifoThroughputLimit") return check_throughput(name, value, fifo, {"perQueue", "perMessageGroupId"});
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

bool QueueAttributes::takes_dead_letters_of(const std::string& source_queue_arn) const {
  const auto policy = parse_json(value("RedriveAllowPolicy"));
  if (!policy) return true;
  const std::string permission = text_or(*policy, "redrivePermission", "allowAll");
  if (permission != "byQueue") return permission == "allowAll";
  for (const Document& source : array_at(*policy, "sourceQueueArns"))
    if (source.is_string() && source.get_string() == source_queue_arn) return true;
  return false;
}

Result<void> check_queue_attributes(const AttributeMap& attributes, bool fifo, bool creating) {
  for (const auto& [name, value] : attributes)
    if (const auto checked = check_one(name, value, fifo, creating); !checked) return checked;
  const auto limit = attributes.find("FifoThroughputLimit"), scope = attributes.find("DeduplicationScope");
  const bool whole_queue = scope == attributes.end() ? creating : scope->second == "queue";
  if (limit != attributes.end() && limit->second == "perMessageGroupId" && whole_queue)
    return bad_value("FifoThroughputLimit",
                     "To set FifoThroughputLimit to perMessageGroupId, the DeduplicationScope must be messageGroup.");
  const auto managed = attributes.find("SqsManagedSseEnabled"), key = attributes.find("KmsMasterKeyId");
  if (managed != attributes.end() && managed->second == "true" && key != attributes.end() && !key->second.empty())
    return fail(ErrorKind::invalid,
                "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.",
                "InvalidAttributeValue");
  return {};
}

}  // namespace tocsin::delivery
