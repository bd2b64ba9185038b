// Durable queues with SQS's semantics: visibility, delay, retention, FIFO groups and deduplication, redrive. Dead letters and targets of
// this server land here too. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/ Threads: only on the
// StateExecutor. All but watch and unwatch inside a unit of work. Errors: `reason` is the service's code: QueueDoesNotExist,
// QueueNameExists, InvalidParameterValue, ReceiptHandleIsInvalid …
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "delivery/queues/message.h"
#include "delivery/queues/queue_attributes.h"
#include "model/scope.h"
#include "model/self_metrics.h"
#include "storage/state_executor.h"

namespace tocsin::delivery {

struct Queue {
  Scope scope;
  std::string name;
  QueueAttributes attributes;
  std::map<std::string, std::string> tags;
  Instant created_at;
  Instant modified_at;

  std::string arn() const;
};

struct QueueCounts {
  std::int64_t visible = 0;
  std::int64_t in_flight = 0;
  std::int64_t delayed = 0;
};

struct ReceiveRequest {
  int count_max = 1;
  int visibility_seconds = -1;  ///< -1: the queue's
  /// FIFO: the same id within five minutes gives the same messages again, while none of them was deleted or shown.
  std::string attempt_id;
};

class Queues {
 public:
  /// `metrics` may be null.
  Queues(storage::StateExecutor& state, Random& random, SelfMetrics* metrics);

  Result<void> migrate();
  /// Sweeps expired messages and reports depths, once a minute.
  void start();

  /// Asked before a service of this server ("events.amazonaws.com") puts a message into a queue; an error refuses it. None: all may.
  using Admit = std::function<Result<void>(const Queue& queue, const OutgoingMessage& message)>;
  void set_admission(Admit admit) { admit_ = std::move(admit); }

  // --- queues
  /// The same name with the same attributes again gives what is there.
  Result<Queue> create(const Scope& scope, const std::string& name, const AttributeMap& attributes,
                       const std::map<std::string, std::string>& tags);
  Result<Queue> find(const std::string& queue_arn);
  /// Queues whose names begin with `prefix` and sort after `after`, by name.
  std::vector<Queue> list(const Scope& scope, const std::string& prefix, const std::string& after, int count_max);
  /// Queues whose redrive policy names this one and whose names sort after `after`, by name.
  std::vector<Queue> dead_letter_sources(const std::string& queue_arn, const std::string& after = {}, int count_max = 1000);
  Result<void> set_attributes(const std::string& queue_arn, const AttributeMap& changes);
  Result<void> set_tags(const std::string& queue_arn, const std::map<std::string, std::string>& tags);
  Result<void> remove(const std::string& queue_arn);
  /// PurgeQueueInProgress within 60 s of the last one.
  Result<void> purge(const std::string& queue_arn);
  QueueCounts counts(const std::string& queue_arn);

  // --- messages
  Result<SentMessage> send(const std::string& queue_arn, const OutgoingMessage& message);
  Result<std::vector<ReceivedMessage>> receive(const std::string& queue_arn, const ReceiveRequest& request);
  Result<void> remove_message(const std::string& queue_arn, const std::string& receipt_handle);
  Result<void> change_visibility(const std::string& queue_arn, const std::string& receipt_handle, int seconds);
  /// Up to `count_max` visible messages leave for `destination_arn` (empty: each for the queue that it died in), as new messages. How many
  /// went; an error (NonExistentQueue, CouldNotDetermineMessageSource) when the next one has nowhere to go.
  Result<int> redrive(const std::string& source_arn, const std::string& destination_arn, int count_max);
  /// When the first message that is not visible now will be; nullopt when there is none.
  std::optional<Instant> next_visible(const std::string& queue_arn);

  // --- waiting
  /// `arrived` is called once, after the commit of the next message sent to the queue or made visible in it. Outside units too.
  std::uint64_t watch(const std::string& queue_arn, std::function<void()> arrived);
  void unwatch(std::uint64_t watch_id);

 private:
  Result<void> check_message(const Queue& queue, const OutgoingMessage& message);
  std::optional<SentMessage> known_duplicate(const Queue& queue, const OutgoingMessage& message, SentMessage sent);
  std::string deduplication_key(const Queue& queue, const OutgoingMessage& message) const;
  Result<void> check_dead_letter_target(const Queue& queue, const AttributeMap& changes);
  Result<void> check_in_flight(const Queue& queue);
  std::optional<std::vector<ReceivedMessage>> repeated_attempt(const Queue& queue, const ReceiveRequest& request);
  void remember_attempt(const Queue& queue, const ReceiveRequest& request, const std::vector<ReceivedMessage>& received);
  std::int64_t next_position(const std::string& queue_arn);
  void forget(const std::string& queue_arn);
  void move_to_dead_letters(const Queue& source, const storage::Row& row, const Redrive& redrive);
  storage::Rows receivable(const Queue& queue, int count_max);
  ReceivedMessage hand_out(const Queue& queue, const storage::Row& row, Instant visible_at);
  void announce(const std::string& queue_arn);
  void sweep();
  void count(const Queue& queue, const char* metric, double value, const char* unit = "Count");

  storage::StateExecutor& state_;
  Random& random_;
  SelfMetrics* metrics_;
  Admit admit_;
  struct Watches;
  std::shared_ptr<Watches> watches_;
  struct Known;
  std::shared_ptr<Known> known_;
};

}  // namespace tocsin::delivery
