#include "telemetry/otlp/exponential_delta.h"

#include <algorithm>

namespace tocsin::telemetry {
namespace {

using Buckets = std::map<int, std::uint64_t>;

Buckets buckets_of(const std::vector<std::uint64_t>& counts, int offset) {
  Buckets buckets;
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] > 0) buckets[offset + static_cast<int>(i)] += counts[i];
  return buckets;
}

/// At a scale that is smaller by `steps`: two to the power of it buckets become one.
Buckets coarser(const Buckets& buckets, int steps) {
  Buckets result;
  for (const auto& [index, count] : buckets) result[index >> std::min(steps, 31)] += count;
  return result;
}

bool holds(const Buckets& now, const Buckets& before) {
  return std::all_of(before.begin(), before.end(), [&](const auto& each) {
    const auto found = now.find(each.first);
    return found != now.end() && found->second >= each.second;
  });
}

/// The counts that came in, in the buckets of the point.
void subtract(std::vector<std::uint64_t>& counts, int offset, const Buckets& before) {
  for (const auto& [index, count] : before) counts[static_cast<std::size_t>(index - offset)] -= count;
}

}  // namespace

bool ExponentialMark::make_delta(wire::otlp::MetricPoint& point) {
  const Buckets positive = buckets_of(point.positive_counts, point.positive_offset),
                negative = buckets_of(point.negative_counts, point.negative_offset);
  const int steps = scale_ - point.scale;
  const Buckets before_positive = coarser(positive_, std::max(steps, 0)), before_negative = coarser(negative_, std::max(steps, 0));
  const bool goes_on = known_ && start_ns_ == point.start_ns && steps >= 0 && zero_count_ <= point.zero_count &&
                       holds(positive, before_positive) && holds(negative, before_negative);
  const bool fresh = !known_;
  const double sum_before = sum_;
  const std::uint64_t zeros_before = zero_count_;
  known_ = true;
  start_ns_ = point.start_ns;
  scale_ = point.scale;
  sum_ = point.sum;
  zero_count_ = point.zero_count;
  positive_ = positive;
  negative_ = negative;
  if (fresh) return false;
  if (!goes_on) return true;
  subtract(point.positive_counts, point.positive_offset, before_positive);
  subtract(point.negative_counts, point.negative_offset, before_negative);
  point.zero_count -= zeros_before;
  point.sum -= sum_before;
  // the extremes are those since the start, not of this step
  point.min.reset();
  point.max.reset();
  return true;
}

}  // namespace tocsin::telemetry
