#include "telemetry/otlp/exponential_delta.h"

#include <gtest/gtest.h>

namespace tocsin::telemetry {
namespace {

wire::otlp::MetricPoint point(int scale, int offset, std::vector<std::uint64_t> counts, double sum, std::uint64_t zeros = 0) {
  wire::otlp::MetricPoint point;
  point.start_ns = 1;
  point.scale = scale;
  point.positive_offset = offset;
  point.positive_counts = std::move(counts);
  point.sum = sum;
  point.zero_count = zeros;
  return point;
}

TEST(ExponentialMark, TellsWhatCameSinceTheLastPoint) {
  ExponentialMark mark;
  auto first = point(2, 4, {1, 0, 3}, 10, 1);
  EXPECT_FALSE(mark.make_delta(first));
  auto second = point(2, 3, {1, 1, 0, 5}, 25, 3);
  ASSERT_TRUE(mark.make_delta(second));
  EXPECT_EQ(second.positive_counts, (std::vector<std::uint64_t>{1, 0, 0, 2}));
  EXPECT_EQ(second.zero_count, 2u);
  EXPECT_EQ(second.sum, 15);
}

TEST(ExponentialMark, FollowsAScaleThatShrinks) {
  ExponentialMark mark;
  auto first = point(3, -2, {1, 2, 3, 4}, 10);  // -2 … 1
  EXPECT_FALSE(mark.make_delta(first));
  auto second = point(2, -1, {3, 8, 5}, 30);  // -2,-1 → -1; 0,1 → 0
  ASSERT_TRUE(mark.make_delta(second));
  EXPECT_EQ(second.positive_counts, (std::vector<std::uint64_t>{0, 1, 5}));
}

TEST(ExponentialMark, ARestartedSenderBeginsAnew) {
  ExponentialMark mark;
  auto first = point(2, 0, {5}, 10);
  mark.make_delta(first);
  auto second = point(2, 0, {2}, 4);
  ASSERT_TRUE(mark.make_delta(second));
  EXPECT_EQ(second.positive_counts, (std::vector<std::uint64_t>{2}));
  EXPECT_EQ(second.sum, 4);
}

}  // namespace
}  // namespace tocsin::telemetry
