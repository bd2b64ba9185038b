// An alarm over the past: the transitions that it would have made, and a threshold that would have been quiet enough. Pure but for the
// data.
#pragma once

#include "detect/alarms/alarm_data.h"

namespace tocsin::detect {

/// What one evaluation looked at.
struct ReplayStep {
  Instant at;
  std::vector<Datapoint> range;
};

struct ReplayTransition {
  Instant at;
  AlarmState from;
  AlarmState to;
  std::string reason;
  std::string series = {};  ///< of one of an alarm's time series: "Host=a, Zone=b"; empty: of the alarm itself
};

struct SeriesReplay {
  std::vector<ReplayTransition> transitions;
  std::size_t evaluations = 0;
};

struct ThresholdSuggestion {
  double threshold = 0;
  std::size_t alarms = 0;  ///< how often it would have gone to ALARM with it
  double calm_share = 0;   ///< of the datapoints, which do not breach it
};

/// The evaluations at each moment of the alarm's cadence after `from`, until `to`. Of alarms that watch one series. `limit_exceeded` above
/// two million evaluations, or the data's error.
Result<std::vector<ReplayStep>> replay_steps(const Scope& scope, const AlarmTerms& terms, AlarmData& data, Instant from, Instant to);
/// The same for alarms that watch several time series (PromQL, Metrics Insights with GROUP BY): what a new alarm and its contributors would
/// have done.
Result<SeriesReplay> replay_series(const Scope& scope, const AlarmTerms& terms, AlarmData& data, Instant from, Instant to);
/// A new alarm, which begins in INSUFFICIENT_DATA.
std::vector<ReplayTransition> replay_transitions(const AlarmTerms& terms, const std::vector<ReplayStep>& steps);
/// The most sensitive threshold, of two digits, with which it goes to ALARM at most `alarms_max` times; nullopt without datapoints, and for
/// anomaly alarms.
std::optional<ThresholdSuggestion> suggest_threshold(const AlarmTerms& terms, const std::vector<ReplayStep>& steps, std::size_t alarms_max);

}  // namespace tocsin::detect
