// Composite alarms follow the alarms that their rules name, and are suppressed by others.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html
#pragma once

#include "detect/alarms/alarm_transitions.h"

namespace tocsin::detect {

class CompositeAlarms {
 public:
  CompositeAlarms(AlarmStore& store, AlarmTransitions& transitions) : store_(store), transitions_(transitions) {}

  /// The names in the rule and the suppressor, of a definition that is to be put: `invalid` in the service's words when the rule is none or
  /// an alarm is not there, `limit_exceeded` when a child is in 150 other composites already.
  Result<std::vector<std::string>> check(const Scope& scope, const Document& definition);
  /// After its row was put: keeps what it depends on and evaluates it.
  void configured(AlarmRecord& composite, const std::vector<std::string>& children, bool is_new, Instant at);
  /// An alarm changed its state: evaluates what depends on it. A circle stops where it comes back to.
  void child_changed(const AlarmRecord& child, AlarmState from, Instant at);

 private:
  Result<void> check_known(const Scope& scope, const std::vector<std::string>& children, const std::string& suppressor);
  void evaluate(AlarmRecord& composite, const AlarmRecord* trigger, std::string_view verb, Instant at);

  AlarmStore& store_;
  AlarmTransitions& transitions_;
  std::vector<std::string> path_;  ///< the ARNs of the alarms whose change is being followed
};

}  // namespace tocsin::detect
