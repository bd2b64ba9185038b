#include "diagnose/log_query/statistics.h"

#include <algorithm>
#include <cmath>

namespace tocsin::diagnose {
namespace {
constexpr std::size_t distinct_max = 2'000'000;
}

void StatisticState::add(const Value& value, std::int64_t time_ms) {
  if (statistic_ == Statistic::count) {
    ++count_;
    return;
  }
  if (is_null(value)) return;
  const auto keep = [&](bool better) {
    if (!is_null(extreme_) && !better) return;
    extreme_ = value;
    extreme_ms_ = time_ms;
  };
  switch (statistic_) {
    case Statistic::count_of:
      ++count_;
      return;
    case Statistic::count_distinct:
      if (distinct_.size() < distinct_max) distinct_.insert(std::hash<std::string>{}(text_of(value)));
      return;
    case Statistic::min:
      return keep(compare_natural(value, extreme_) < 0);
    case Statistic::max:
      return keep(compare_natural(value, extreme_) > 0);
    case Statistic::earliest:
      return keep(time_ms < extreme_ms_);
    case Statistic::latest:
      return keep(time_ms >= extreme_ms_);
    default:
      break;
  }
  const auto number = number_of(value);
  if (!number) return;
  ++count_;
  sum_ += *number;
  squares_ += *number * *number;
  if (statistic_ == Statistic::pct) distribution_.add(*number, 1);
}

Value StatisticState::result(double percentile) const {
  switch (statistic_) {
    case Statistic::count:
    case Statistic::count_of:
      return count_;
    case Statistic::count_distinct:
      return static_cast<double>(distinct_.size());
    case Statistic::min:
    case Statistic::max:
    case Statistic::earliest:
    case Statistic::latest:
      return extreme_;
    default:
      break;
  }
  if (count_ == 0) return {};
  switch (statistic_) {
    case Statistic::sum:
      return sum_;
    case Statistic::avg:
      return sum_ / count_;
    case Statistic::stddev:
      return std::sqrt(std::max(0.0, squares_ / count_ - sum_ / count_ * (sum_ / count_)));
    default:
      return distribution_.quantile(percentile / 100);
  }
}

}  // namespace tocsin::diagnose
