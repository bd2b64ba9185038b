// The counts of one report: contributors by period. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tocsin::telemetry {

class ContributorReport {
 public:
  static constexpr std::size_t contributors_max = 100'000;
  /// Periods of `period_s` from `start_ms` on.
  ContributorReport(std::int64_t start_ms, std::int64_t period_s) : start_ms_(start_ms), period_ms_(period_s * 1000) {}
  void add(const std::vector<std::string>& keys, std::int64_t time_ms, double value);

  enum class Order { by_sum, by_maximum };  ///< of the whole, or of the best period
  struct Contributor {
    std::vector<std::string> keys;
    double aggregate = 0;
    std::map<std::int64_t, double> values;  ///< by the start of the period, ms
  };
  std::vector<Contributor> top(std::size_t count_max, Order order) const;

  struct Period {
    std::int64_t contributors = 0;
    double greatest = 0;  ///< of one contributor
    double samples = 0, sum = 0, minimum = 0, maximum = 0;
  };
  const std::map<std::int64_t, Period>& periods() const { return periods_; }
  double total() const { return total_; }
  std::size_t unique_count() const { return contributors_.size(); }

 private:
  std::int64_t start_ms_, period_ms_;
  std::map<std::vector<std::string>, Contributor> contributors_;
  std::map<std::int64_t, Period> periods_;
  double total_ = 0;
};

}  // namespace tocsin::telemetry
