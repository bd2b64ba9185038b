// What stats makes of the rows of a group. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Stats.html
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "diagnose/log_query/query_plan.h"
#include "telemetry/metrics/distribution.h"

namespace tocsin::diagnose {

/// One function of one group. Percentiles are exact up to 100,000 values and within 1 % beyond; distinct values are counted exactly.
/// Moments are put out as milliseconds, as the service does it.
class StatisticState {
 public:
  explicit StatisticState(Statistic statistic) : statistic_(statistic) {}
  StatisticState(const StatisticState& other);
  StatisticState(StatisticState&&) = default;

  /// `time_ms` is the row's, for earliest and latest. Gives the bytes that it took.
  std::size_t add(const Value& value, std::int64_t time_ms);
  /// The same of a number, for functions that look at numbers alone (takes_numbers).
  std::size_t add_number(double number, std::int64_t time_ms);
  static bool takes_numbers(Statistic statistic);
  void count_row() { ++count_; }
  void count_rows(std::uint64_t rows) { count_ += static_cast<double>(rows); }
  Value result(double parameter) const;

 private:
  struct Counted {
    std::uint64_t count = 0;
    std::size_t place = 0;  ///< among the values
  };
  /// What only some functions need.
  struct Kept {
    std::vector<double> numbers;
    telemetry::Distribution distribution;
    std::unordered_map<std::string, Counted> texts;
    std::vector<Value> values;  ///< distinct, as they came
  };
  Kept& kept();
  std::size_t keep_number(double number);
  std::size_t keep_text(const Value& value);
  void keep_extreme(const Value& value, std::int64_t time_ms, bool better);
  Value percentile(double percent) const;
  Value histogram(std::size_t buckets) const;
  Value top(std::size_t k) const;

  Statistic statistic_;
  double count_ = 0, sum_ = 0, mean_ = 0, squares_ = 0;
  Value extreme_, first_;
  std::int64_t extreme_ms_ = 0, first_ms_ = 0;
  std::unique_ptr<Kept> kept_;
};

}  // namespace tocsin::diagnose
