// Where a stateful part lives: it is touched only from its executor, told things by post() and answers by a task posted back.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/clock.h"

namespace tocsin {

using Task = std::move_only_function<void()>;
/// Names a task that waits for its time; 0 names none.
using TimerId = std::uint64_t;

/// Runs tasks one at a time, in the order posted; timed ones when the clock reaches `due` (ties in the order posted).
/// post, post_at and cancel may be called from any thread. A task must not block.
class Executor {
 public:
  virtual ~Executor() = default;
  virtual void post(Task task) = 0;
  virtual TimerId post_at(Instant due, Task task) = 0;
  /// The task will not run after this returns, unless it is running now. Unknown ids are ignored.
  virtual void cancel(TimerId timer) = 0;
  virtual Instant now() const = 0;
  /// Waits for the task that is running and runs no more; what is posted from then on is dropped. Not from a task. Idempotent.
  virtual void halt() {}

  TimerId post_after(Duration delay, Task task) { return post_at(now() + delay, std::move(task)); }
};

/// A thread of its own. The destructor runs no more tasks and joins.
std::unique_ptr<Executor> make_thread_executor(const Clock& clock, const char* thread_name);

}  // namespace tocsin
