// What one metric filter has seen: makes points of matching events, and knows the minutes that need the default value and how many
// combinations of dimensions it made. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "telemetry/logs/metric_filters/metric_filter.h"

namespace tocsin::telemetry {

struct FilteredEvent {
  std::int64_t time_ms;
  const MessageView& message;
};

class MetricFilterCounts {
 public:
  /// Appends the points of one event. `now_ms` is when it came.
  void add(const MetricFilter& filter, const FilteredEvent& event, std::int64_t now_ms, std::vector<MetricPoint>& points);
  /// Appends the default value of each minute that is over and had events of which none matched; all of them when `to_the_end`.
  void add_defaults(const MetricFilter& filter, std::int64_t now_ms, bool to_the_end, std::vector<MetricPoint>& points);
  /// Whether minutes are remembered, which add_defaults will forget in time.
  bool waits() const { return !minutes_.empty(); }
  /// More than 1,000 combinations of dimension values within an hour: it is to be switched off.
  bool too_many_combinations() const { return combinations_.size() > combinations_max; }

  static constexpr std::size_t combinations_max = 1000;

 private:
  struct Minute {
    bool matched = false, given = false;
    std::int64_t last_seen_ms = 0;
  };
  void note(std::int64_t minute, bool matched, std::int64_t now_ms);

  std::map<std::int64_t, Minute> minutes_;  ///< by minute of the events' time
  std::set<Dimensions> combinations_;
  std::int64_t combinations_hour_ = 0;
};

}  // namespace tocsin::telemetry
