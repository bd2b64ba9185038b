// Evaluates the alarms that are due as time passes, each cadence by itself: every 10 s, every minute, every hour. After a stop the missed
// evaluations are caught up in order, each with the window that it would have had.
//
// What this server did not watch says nothing: for periods in which it did not run (or over which the clock leapt) a missing datapoint is
// no sign, so such windows change a state by real points alone. After the clock was set back an alarm waits until its window is new again.
#pragma once

#include <array>
#include <memory>

#include "detect/alarms/contributor_alarms.h"
#include "detect/alarms/live_alarms.h"
#include "storage/state_executor.h"

namespace tocsin::detect {

struct SchedulerOptions {
  /// An evaluation waits so long after its window has ended, so that points on their way still count; of alarms with periods below a
  /// minute, and of others. [open] in the documentation.
  Duration settle_quick = std::chrono::milliseconds(250);
  Duration settle = std::chrono::seconds(2);
  /// Evaluations missed longer ago are left out.
  Duration catch_up_max = std::chrono::hours(3);
  /// After a longer stop, senders first have so long to bring what they kept meanwhile.
  Duration bring_after_stop = std::chrono::seconds(15);
  /// What is a longer stop.
  Duration long_stop = std::chrono::seconds(15);
  /// A longer silence of the scheduler itself counts as not having watched.
  Duration unwatched_min = std::chrono::seconds(15);
  /// Alarms evaluated in one unit of work: bounds how long the executor is kept.
  std::size_t slice_alarms = 500;
};

class AlarmScheduler {
 public:
  AlarmScheduler(storage::StateExecutor& state, AlarmStore& store, AlarmTransitions& transitions, AlarmData& data,
                 SchedulerOptions options);

  /// Catches up and goes on. From any thread; runs on the state's executor.
  void start();
  std::size_t live_count() const { return live_.size(); }

 private:
  static constexpr std::array<std::int64_t, 3> cadences_s = {10, 60, 3600};
  struct Tick {
    std::int64_t cadence_s;
    std::int64_t at_s;
  };
  struct Span {
    Instant from, to;
  };

  Result<void> read_progress();
  Duration settle_of(std::int64_t cadence_s) const { return cadence_s == cadences_s[0] ? options_.settle_quick : options_.settle; }
  void plan();
  void wake_at(Instant at);
  void notice_step_back();
  void notice_gap(const Tick& tick);
  void run(Tick tick, std::size_t from);
  void finish(Tick tick);
  void evaluate_one(const Tick& tick, LiveAlarm& alarm);
  void evaluate_metric(LiveAlarm& alarm, Instant at);
  void evaluate_series(LiveAlarm& alarm, Instant at);
  void evaluate_promql(LiveAlarm& alarm, Instant at);
  /// Whether it is quiet still: warming up, put later, or the clock was set back. Ends a warm-up for which the data suffice.
  bool waits(LiveAlarm& alarm, Instant at);
  bool is_unwatched(Instant from, Instant to) const;
  void put_evaluation_state(LiveAlarm& alarm, std::string_view evaluation_state);
  void trim(Tick tick);

  storage::StateExecutor& state_;
  AlarmStore& store_;
  AlarmTransitions& transitions_;
  AlarmData& data_;
  SchedulerOptions options_;
  ContributorAlarms contributors_;
  LiveAlarms live_;
  std::array<std::int64_t, cadences_s.size()> evaluated_to_s_{};
  std::vector<Span> unwatched_;
  Instant stepped_back_{};
  Instant not_before_{};
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tocsin::detect
