// StatsD's samples of an interval, joined by series. Not thread-safe.
#pragma once

#include <map>
#include <set>

#include "telemetry/metrics/metric.h"
#include "telemetry/statsd/statsd_line.h"

namespace tocsin::telemetry {

class StatsdBuckets {
 public:
  /// Whether there was room.
  bool add(const StatsdSample& sample);
  /// One point of each series that had samples since the last time.
  std::vector<MetricPoint> take(Instant time);

 private:
  struct Bucket {
    double total = 0;                 ///< counter
    std::map<double, double> values;  ///< timing, histogram: how often each came
    std::set<std::string> members;    ///< set
  };
  using Key = std::pair<StatsdType, MetricId>;
  static Sample sample_of(StatsdType type, const Bucket& bucket);

  static constexpr std::size_t series_max = 100'000, members_max = 100'000;
  std::map<Key, Bucket> buckets_;
  std::map<MetricId, double> gauges_;  ///< the last value of each, for steps
};

}  // namespace tocsin::telemetry
