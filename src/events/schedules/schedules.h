// Schedules and their groups. https://docs.aws.amazon.com/scheduler/latest/UserGuide/
// Threads: only on the StateExecutor, inside a unit of work. Errors: `reason` is the service's error shape.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "delivery/timers.h"
#include "events/rules/rules.h"
#include "events/schedules/schedule_plan.h"
#include "storage/state_executor.h"

namespace tocsin::events {

inline constexpr const char* default_group = "default";

struct TargetSchedule {
  Scope scope;
  std::string group = default_group;
  std::string name;
  SchedulePlan plan;
  Object definition;  ///< what was set and decides nothing here: Description, KmsKeyArn, Target, FlexibleTimeWindow …
  bool enabled = true;
  bool delete_after = false;  ///< ActionAfterCompletion DELETE
  int window_minutes = 0;     ///< 0: at the minute
  Instant modified_at;

  std::string arn() const;
};

struct ScheduleGroup {
  Scope scope;
  std::string name;
  Tags tags;
  Instant created_at, modified_at;

  std::string arn() const;
};

class Schedules {
 public:
  /// Whether a universal target `aws-sdk:SERVICE:apiAction` is offered; a reason when it is not.
  using CheckUniversal = std::function<Result<void>(const std::string& service, const std::string& action)>;

  Schedules(storage::StateExecutor& state, Random& random, delivery::Timers& timers, Rules& rules, CheckUniversal check_universal);
  Result<void> migrate();
  /// Registers the timers "scheduler.due" and "scheduler.invoke", before their start.
  void start();

  Result<TargetSchedule> create(TargetSchedule schedule);
  Result<TargetSchedule> find(const Scope& scope, const std::string& group, const std::string& name);
  /// Replaces all of it.
  Result<TargetSchedule> update(TargetSchedule schedule);
  Result<void> remove(const Scope& scope, const std::string& group, const std::string& name);
  /// By group and name; an empty group: of all. `after` is "GROUP/NAME".
  Result<std::vector<TargetSchedule>> list(const Scope& scope, const std::string& group, const std::string& prefix,
                                           const std::string& state, const std::string& after, int count_max);

  Result<ScheduleGroup> create_group(ScheduleGroup group);
  Result<ScheduleGroup> find_group(const Scope& scope, const std::string& name);
  Result<ScheduleGroup> find_group_by_arn(const Scope& scope, const std::string& arn);
  std::vector<ScheduleGroup> list_groups(const Scope& scope, const std::string& prefix, const std::string& after, int count_max);
  Result<void> set_group_tags(const ScheduleGroup& group, const Tags& tags);
  /// With all that is in it.
  Result<void> remove_group(const Scope& scope, const std::string& name);

 private:
  Result<void> check(const TargetSchedule& schedule);
  void store(const TargetSchedule& schedule);
  void plan(const TargetSchedule& schedule, Instant after);
  Result<void> due(const std::string& arn, Instant at);
  Result<void> invoke(const std::string& arn, const Document& occasion);
  void forget(const TargetSchedule& schedule);

  storage::StateExecutor& state_;
  Random& random_;
  delivery::Timers& timers_;
  Rules& rules_;
  CheckUniversal check_universal_;
};

}  // namespace tocsin::events
