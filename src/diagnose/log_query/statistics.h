// What stats makes of the rows of a group.
#pragma once

#include <optional>
#include <unordered_set>

#include "diagnose/log_query/query_plan.h"
#include "telemetry/metrics/distribution.h"

namespace tocsin::diagnose {

/// One column of one group. Percentiles are within 1 % beyond 16 distinct values; distinct values are counted exactly, up to 2 million a
/// column and group.
class StatisticState {
 public:
  explicit StatisticState(Statistic statistic) : statistic_(statistic) {}
  /// `value` of count(*) is not looked at; `time_ms` is the row's, for earliest and latest.
  void add(const Value& value, std::int64_t time_ms);
  Value result(double percentile) const;

 private:
  Statistic statistic_;
  double count_ = 0, sum_ = 0, squares_ = 0;
  Value extreme_;
  std::int64_t extreme_ms_ = 0;
  telemetry::Distribution distribution_;
  std::unordered_set<std::size_t> distinct_;
};

}  // namespace tocsin::diagnose
