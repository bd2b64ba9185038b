#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "api/sqs/operations.h"
#include "api/sqs/queue_address.h"
#include "base/digest.h"
#include "base/encoding.h"

namespace tocsin::api::sqs {
namespace {

constexpr int wait_seconds_max = 20;
constexpr int messages_max = 10;
constexpr std::string_view system_attribute_names[] = {"All",
                                                       "SenderId",
                                                       "SentTimestamp",
                                                       "ApproximateReceiveCount",
                                                       "ApproximateFirstReceiveTimestamp",
                                                       "SequenceNumber",
                                                       "MessageDeduplicationId",
                                                       "MessageGroupId",
                                                       "AWSTraceHeader",
                                                       "DeadLetterQueueSourceArn"};

/// "All", ".*", a name, or a prefix ending in ".*".
bool asked(const Array& names, std::string_view name) {
  for (const Document& wanted : names) {
    const std::string_view text(wanted.as_string().data(), wanted.as_string().size());
    if (text == "All" || text == name) return true;
    if (text.ends_with(".*") && name.starts_with(text.substr(0, text.size() - 2))) return true;
  }
  return false;
}

Object shown_attributes(const Call& call, const delivery::MessageAttributes& attributes, delivery::MessageAttributes& shown) {
  Object out;
  for (const auto& [name, attribute] : attributes) {
    if (!asked(array_at(call.input, "MessageAttributeNames"), name)) continue;
    const char* member = attribute.type.starts_with("Binary") ? "BinaryValue" : "StringValue";
    out[name] = Object{{member, attribute.value}, {"DataType", attribute.type}};
    shown.emplace(name, attribute);
  }
  return out;
}

Object to_document(const Call& call, const delivery::ReceivedMessage& message) {
  Object out{{"MessageId", message.message_id},
             {"ReceiptHandle", message.receipt_handle},
             {"MD5OfBody", to_hex(md5(message.body))},
             {"Body", message.body}};
  Object system;
  for (const auto& [name, value] : message.system_attributes)
    if (asked(array_at(call.input, "AttributeNames"), name) || asked(array_at(call.input, "MessageSystemAttributeNames"), name))
      system[name] = value;
  if (!system.empty()) out["Attributes"] = std::move(system);
  delivery::MessageAttributes shown;
  Object attributes = shown_attributes(call, message.attributes, shown);
  if (shown.empty()) return out;
  out["MessageAttributes"] = std::move(attributes);
  // of those returned, or SDKs refuse the message
  out["MD5OfMessageAttributes"] = delivery::attributes_digest(shown);
  return out;
}

Result<void> check(const Call& call) {
  const auto refused = [](std::int64_t value, const char* name, int min, int max) {
    return fail(ErrorKind::invalid,
                fmt::format("Value {} for parameter {} is invalid. Reason: Must be between {} and {}, if provided.", value, name, min, max),
                "InvalidParameterValue");
  };
  const auto count = integer_or(call.input, "MaxNumberOfMessages", 1), wait = integer_or(call.input, "WaitTimeSeconds", 0),
             visibility = integer_or(call.input, "VisibilityTimeout", 0);
  if (count < 1 || count > messages_max) return refused(count, "MaxNumberOfMessages", 1, messages_max);
  if (wait < 0 || wait > wait_seconds_max)
    return fail(ErrorKind::invalid,
                fmt::format("Value {} for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= {}, if provided.", wait,
                            wait_seconds_max),
                "InvalidParameterValue");
  for (const char* member : {"AttributeNames", "MessageSystemAttributeNames"})
    for (const Document& name : array_at(call.input, member))
      if (std::string_view text(name.as_string()); std::ranges::find(system_attribute_names, text) == std::end(system_attribute_names))
        return fail(ErrorKind::invalid, fmt::format("Unknown Attribute {}.", text), "InvalidAttributeName");
  if (visibility < 0 || visibility > 43200) return refused(visibility, "VisibilityTimeout", 0, 43200);
  return {};
}

/// One call that waits; kept alive by what it waits for.
class LongPoll : public std::enable_shared_from_this<LongPoll> {
 public:
  LongPoll(Queues& queues, storage::StateExecutor& state, Call call, Complete complete, std::string arn)
      : queues_(queues),
        state_(state),
        call_(std::move(call)),
        complete_(std::move(complete)),
        arn_(std::move(arn)),
        started_(state.now()) {}

  void attempt() {
    auto self = shared_from_this();
    state_.submit([self] { return self->receive(); }, [self](Result<void> result) { self->settle(std::move(result)); });
  }

 private:
  Result<void> receive() {
    const delivery::ReceiveRequest request{static_cast<int>(integer_or(call_.input, "MaxNumberOfMessages", 1)),
                                           static_cast<int>(integer_or(call_.input, "VisibilityTimeout", -1)),
                                           text_or(call_.input, "ReceiveRequestAttemptId")};
    auto received = queues_.receive(arn_, request);
    if (!received) return std::unexpected(received.error());
    received_ = std::move(*received);
    const auto queue = queues_.find(arn_);
    const auto wait = integer_or(call_.input, "WaitTimeSeconds", queue ? queue->attributes.number("ReceiveMessageWaitTimeSeconds") : 0);
    deadline_ = started_ + std::chrono::seconds(wait);
    wake_at_ = std::min(deadline_, queues_.next_visible(arn_).value_or(deadline_));
    return {};
  }

  void settle(Result<void> result) {
    if (!result) return complete_(refuse(result.error()));
    if (received_.empty() && state_.now() < deadline_) return wait();
    Object out;
    Array messages;
    for (const auto& message : received_) messages.emplace_back(to_document(call_, message));
    if (!messages.empty()) out["Messages"] = std::move(messages);
    complete_(Document(std::move(out)));
  }

  void wait() {
    auto self = shared_from_this();
    watch_ = queues_.watch(arn_, [self] {
      self->state_.cancel(self->timer_);
      self->attempt();
    });
    timer_ = state_.executor().post_at(wake_at_, [self] {
      self->queues_.unwatch(self->watch_);
      self->attempt();
    });
  }

  Queues& queues_;
  storage::StateExecutor& state_;
  Call call_;
  Complete complete_;
  std::string arn_;
  Instant started_;
  Instant deadline_{};
  Instant wake_at_{};
  std::vector<delivery::ReceivedMessage> received_;
  std::uint64_t watch_ = 0;
  TimerId timer_ = 0;
};

}  // namespace

void receive_message(Queues& queues, storage::StateExecutor& state, Call call, Complete complete) {
  const auto arn = addressed_arn(call);
  if (!arn) return complete(std::unexpected(arn.error()));
  if (const auto checked = check(call); !checked) return complete(refuse(checked.error()));
  std::make_shared<LongPoll>(queues, state, std::move(call), std::move(complete), *arn)->attempt();
}

}  // namespace tocsin::api::sqs
