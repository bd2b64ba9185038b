// The room of log alarms. Threads: inside a unit of work of the StateExecutor.
#pragma once

#include "detect/alarms/alarms.h"
#include "detect/log_alarms/log_alarm.h"

namespace tocsin::detect {

/// Who runs the queries of log alarms by their schedules; bound by server/.
class LogAlarmQueries {
 public:
  virtual ~LogAlarmQueries() = default;
  /// Creates or replaces; the ARN of the scheduled query. `invalid`.
  virtual Result<std::string> put(const Scope& scope, const std::string& alarm, Object scheduled_query) = 0;
  virtual void remove(const Scope& scope, const std::string& alarm) = 0;
};

class LogAlarms {
 public:
  /// All must outlive this object.
  LogAlarms(storage::StateExecutor& state, Alarms& alarms, LogAlarmQueries& queries) : state_(state), alarms_(alarms), queries_(queries) {}
  Result<void> migrate();

  /// Creates or replaces; `definition` has the members of PutLogAlarm without Tags and ActionsEnabled. `invalid`, `limit_exceeded`.
  Result<void> put(const Scope& scope, Object definition, bool actions_enabled, const Tags& tags);
  /// What a run gave, or why it gave nothing.
  void result(const Scope& scope, const std::string& alarm, Instant at, const Result<std::vector<LogQueryRow>>& rows);

 private:
  std::vector<Datapoint> newest(const Scope& scope, const std::string& alarm, std::int64_t count, const Datapoint& last);

  storage::StateExecutor& state_;
  Alarms& alarms_;
  LogAlarmQueries& queries_;
};

}  // namespace tocsin::detect
