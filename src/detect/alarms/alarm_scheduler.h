// Evaluates the alarms that are due as time passes, each cadence by itself: every 10 s, every minute, every hour. After a stop the missed
// evaluations are caught up in order, each with the window that it would have had.
#pragma once

#include <array>
#include <memory>
#include <unordered_map>

#include "detect/alarms/alarm_data.h"
#include "detect/alarms/alarm_transitions.h"
#include "storage/state_executor.h"

namespace tocsin::detect {

struct SchedulerOptions {
  /// An evaluation waits so long after its window has ended, so that points on their way still count. [open] in the documentation.
  Duration settle = std::chrono::seconds(2);
  /// Evaluations missed longer ago are left out.
  Duration catch_up_max = std::chrono::hours(3);
  /// Alarms evaluated in one unit of work: bounds how long the executor is kept.
  std::size_t slice_alarms = 500;
};

class AlarmScheduler {
 public:
  AlarmScheduler(storage::StateExecutor& state, AlarmStore& store, AlarmTransitions& transitions, AlarmData& data,
                 SchedulerOptions options);

  /// Catches up and goes on. From any thread; runs on the state's executor.
  void start();

 private:
  static constexpr std::array<std::int64_t, 3> cadences_s = {10, 60, 3600};
  struct Tick {
    std::int64_t cadence_s;
    std::int64_t at_s;
  };

  Result<void> read_progress();
  void plan();
  void run(Tick tick, std::shared_ptr<const DueAlarm> after);
  void evaluate_one(const Tick& tick, const DueAlarm& due);
  const AlarmTerms* terms_of(const DueAlarm& due);
  void trim(Tick tick);

  storage::StateExecutor& state_;
  AlarmStore& store_;
  AlarmTransitions& transitions_;
  AlarmData& data_;
  SchedulerOptions options_;
  std::array<std::int64_t, cadences_s.size()> evaluated_to_s_{};
  /// Parsed definitions by scope and name; one of another revision is parsed again.
  struct Parsed {
    std::int64_t revision;
    std::optional<AlarmTerms> terms;
  };
  std::unordered_map<std::string, Parsed> parsed_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tocsin::detect
