// The live tails that are open. Threads: only on the StateExecutor's executor; what they write goes to other threads.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartLiveTail.html
#pragma once

#include <memory>
#include <vector>

#include "base/executor.h"
#include "telemetry/logs/live_tail/live_tail_session.h"

namespace tocsin::wire {
class BodyStream;
}

namespace tocsin::telemetry {

class LiveTails {
 public:
  LiveTails(Executor& executor, Random& random);
  ~LiveTails();

  /// Writes the session's messages to the stream that is returned: initial-response, sessionStart, then updates, for three hours at most.
  /// `limit_exceeded` when the account has 15 of them.
  Result<std::shared_ptr<wire::BodyStream>> open(LiveTailRequest request, const std::string& request_id);

  bool any() const { return !open_.empty(); }
  /// The sessions that want events of this stream.
  bool wants(const LogGroup& group, const LogStream& stream) const;
  void offer(const LogGroup& group, const LogStream& stream, std::int64_t ingested_ms, std::int64_t time_ms, const MessageView& message);

 private:
  struct Open;
  void tick();
  void plan();

  Executor& executor_;
  Random& random_;
  std::vector<std::unique_ptr<Open>> open_;
  bool planned_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tocsin::telemetry
