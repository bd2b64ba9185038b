// All executors of a simulation in one: virtual time that stands still while tasks run and leaps to the next one due.
#pragma once

#include <deque>
#include <map>

#include "base/executor.h"

namespace tocsin {

/// Single-threaded. Time moves only in run_until and run_for, and finishes at once.
class SimulatedExecutor final : public Executor {
 public:
  explicit SimulatedExecutor(ManualClock& clock) : clock_(clock) {}

  void post(Task task) override { ready_.push_back(std::move(task)); }
  TimerId post_at(Instant due, Task task) override;
  void cancel(TimerId timer) override;
  Instant now() const override { return clock_.now(); }

  /// Runs what is ready now, and what that posts, without moving time.
  void run_ready();
  /// Runs everything due up to and including `until`, then leaves the clock there.
  void run_until(Instant until);
  void run_for(Duration span) { run_until(clock_.now() + span); }

 private:
  ManualClock& clock_;
  std::deque<Task> ready_;
  std::map<std::pair<Instant, TimerId>, Task> timed_;
  std::map<TimerId, Instant> due_of_;
  TimerId last_timer_ = 0;
};

}  // namespace tocsin
