// Tasks that move the messages of a dead-letter queue back to the queues they came from, or to another one, in the background; a task goes
// on after a restart. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
// Threads: only on the StateExecutor; all but start() inside a unit of work. Errors: `reason` is the service's code.
#pragma once

#include <string>
#include <vector>

#include "base/random.h"
#include "delivery/queues/queues.h"

namespace tocsin::delivery {

enum class MoveStatus { running, completed, cancelling, cancelled, failed };

std::string_view to_text(MoveStatus status);

struct MoveTask {
  std::string id;
  std::string source_arn;
  std::string destination_arn;  ///< empty: each message's own source
  int per_second_max = 0;       ///< 0: as fast as it goes
  MoveStatus status = MoveStatus::running;
  std::string failure;  ///< of a failed one: NonExistentQueue …
  std::int64_t moved = 0;
  std::int64_t to_move = 0;  ///< as counted when it began
  Instant started_at;

  /// Opaque to callers; shown while it runs.
  std::string handle() const;
};

class MessageMoves {
 public:
  MessageMoves(storage::StateExecutor& state, Random& random, Queues& queues) : state_(state), random_(random), queues_(queues) {}

  Result<void> migrate();
  /// Goes on with what ran when the server stopped.
  void start();

  /// One task at a time for a source, which must be some queue's dead-letter queue.
  Result<MoveTask> begin(const std::string& source_arn, const std::string& destination_arn, int per_second_max);
  /// The newest first.
  Result<std::vector<MoveTask>> list(const std::string& source_arn, int count_max);
  /// Messages that it moved stay where they are.
  Result<MoveTask> cancel(const std::string& handle);

 private:
  void go_on(const std::string& task_id, Instant at);
  Result<void> step(const std::string& task_id);
  void finish(const MoveTask& task, MoveStatus status, const std::string& failure = {});
  std::optional<MoveTask> find(const std::string& task_id);

  storage::StateExecutor& state_;
  Random& random_;
  Queues& queues_;
};

}  // namespace tocsin::delivery
