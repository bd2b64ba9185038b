// The room of alarms: what the API does with them, and their evaluation as time passes.
// Threads: everything but start() and the constructor inside a unit of work of `state`.
//
// Start: construct, migrate(), bind_actions(), start(), and the timers after it. Datapoints are read on the state's executor, which must be
// the metric store's too.
#pragma once

#include <memory>

#include "base/random.h"
#include "delivery/timers.h"
#include "detect/alarms/alarm_data.h"
#include "detect/alarms/alarm_mutes.h"
#include "detect/alarms/alarm_scheduler.h"
#include "detect/alarms/alarm_store.h"
#include "detect/alarms/alarm_transitions.h"
#include "detect/alarms/composite_alarms.h"
#include "storage/state_executor.h"

namespace tocsin::detect {

using Tags = std::vector<std::pair<std::string, std::string>>;

class Alarms {
 public:
  /// All must outlive this object. `append_event` is the journal's append.
  Alarms(storage::StateExecutor& state, Random& random, delivery::Timers& timers, AlarmTransitions::AppendEvent append_event,
         AlarmData& data, SchedulerOptions options = {});

  Result<void> migrate();
  void bind_actions(AlarmActions& actions) { transitions_.bind_actions(actions); }
  void start() { scheduler_.start(); }

  /// Creates or replaces. `definition` has the operation's members, validated, with defaults filled in, without Tags and ActionsEnabled.
  /// Tags are for a new alarm only. `limit_exceeded` above the quota, `invalid` for a rule or terms that are none, or when a composite's
  /// name is a metric alarm's.
  Result<void> put_metric(const Scope& scope, const Document& definition, bool actions_enabled, const Tags& tags);
  Result<void> put_composite(const Scope& scope, const Document& definition, bool actions_enabled, const Tags& tags);
  /// A log alarm, which is evaluated by whoever runs its query: `judge` tells what came of it.
  Result<void> put_log(const Scope& scope, const Document& definition, bool actions_enabled, const Tags& tags);
  void judge(AlarmRecord& alarm, const StateChange& change) { transitions_.apply(alarm, change); }
  /// Names of no alarm are passed over, unless there is nothing else (`not_found`). `invalid` for more than one composite, and for an alarm
  /// that a composite depends on; then none is deleted.
  Result<void> remove(const Scope& scope, const std::vector<std::string>& names);
  /// Until the next evaluation decides otherwise.
  Result<void> set_state(const Scope& scope, const std::string& name, AlarmState state, const std::string& reason,
                         const std::string& reason_data);
  /// Names of no alarm are ignored.
  void enable_actions(const Scope& scope, const std::vector<std::string>& names, bool enabled);

  /// Creates or replaces a mute rule, of the members of PutAlarmMuteRule without Tags. `invalid` for a schedule that is none or an alarm
  /// that is not there, `limit_exceeded` above the quota.
  Result<void> put_mute_rule(const Scope& scope, const Document& definition, const Tags& tags);
  /// What it muted alone is unmuted at once. One that is not there is no error.
  void remove_mute_rule(const Scope& scope, const std::string& name);

  AlarmStore& store() { return store_; }
  AlarmMutes& mutes() { return mutes_; }

 private:
  Result<AlarmRecord> begin_put(const Scope& scope, const Document& definition, AlarmKind kind, bool actions_enabled);
  void finish_put(AlarmRecord& alarm, const std::optional<AlarmRecord>& before, const Tags& tags);
  Result<void> check_removable(const Scope& scope, const std::vector<AlarmRecord>& alarms);
  void unmute(const Scope& scope, const std::vector<std::string>& alarms);

  storage::StateExecutor& state_;
  Random& random_;
  AlarmStore store_;
  AlarmMutes mutes_;
  AlarmTransitions transitions_;
  CompositeAlarms composites_;
  AlarmScheduler scheduler_;
};

}  // namespace tocsin::detect
