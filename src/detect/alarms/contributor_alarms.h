// Alarms that watch several time series: each series is a contributor with a state of its own, and the alarm is in ALARM when one of them
// is. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-promql.html and alarms-and-missing-data.html
#pragma once

#include "detect/alarms/alarm_transitions.h"
#include "detect/alarms/contributor_rules.h"

namespace tocsin::detect {

class ContributorAlarms {
 public:
  ContributorAlarms(AlarmStore& store, AlarmTransitions& transitions) : store_(store), transitions_(transitions) {}

  /// contributor_rules.h, on what is stored.
  void evaluate_series(AlarmRecord& alarm, const AlarmTerms& terms, const ManySeries& many, Instant now, bool unwatched);
  void evaluate_promql(AlarmRecord& alarm, const AlarmTerms& terms, const ManySeries& many, Instant at, Instant now);

 private:
  AlarmStore& store_;
  AlarmTransitions& transitions_;
};

}  // namespace tocsin::detect
