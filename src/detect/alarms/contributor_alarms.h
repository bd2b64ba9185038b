// Alarms that watch several time series: each series is a contributor with a state of its own, and the alarm is in ALARM when one of them
// is. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-promql.html and alarms-and-missing-data.html
#pragma once

#include "detect/alarms/alarm_data.h"
#include "detect/alarms/alarm_transitions.h"

namespace tocsin::detect {

/// 16 hexadecimal digits, the same for the same attributes.
std::string contributor_id(const std::map<std::string, std::string>& attributes);
/// "95 out of 150 time series evaluated to ALARM", above 100 "100+ time series evaluated to ALARM".
std::string contributors_reason(std::size_t in_alarm, std::size_t all);

class ContributorAlarms {
 public:
  ContributorAlarms(AlarmStore& store, AlarmTransitions& transitions) : store_(store), transitions_(transitions) {}

  /// Of a Metrics Insights query that groups. With `unwatched`, some of the window was not watched by this server: what is missing says
  /// nothing then.
  void evaluate_series(AlarmRecord& alarm, const AlarmTerms& terms, const ManySeries& many, Instant now, bool unwatched);
  /// Of a PromQL query, evaluated at `at`: what it returns is breaching.
  void evaluate_promql(AlarmRecord& alarm, const AlarmTerms& terms, const ManySeries& many, Instant at, Instant now);

 private:
  void change(const AlarmRecord& alarm, ContributorRecord& contributor, AlarmState to, std::string reason, Instant now);
  void settle(AlarmRecord& alarm, Instant now);

  AlarmStore& store_;
  AlarmTransitions& transitions_;
};

}  // namespace tocsin::detect
