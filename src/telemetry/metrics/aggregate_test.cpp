#include "telemetry/metrics/aggregate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "telemetry/metrics/statistic.h"

namespace tocsin::telemetry {
namespace {

double true_quantile(std::vector<double> values, double fraction) {
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(std::ceil(fraction * static_cast<double>(values.size())));
  return values[std::max<std::size_t>(rank, 1) - 1];
}

TEST(Distribution, IsExactWhileThereAreFewValues) {
  Distribution distribution;
  for (int i = 1; i <= 16; ++i) distribution.add(i * 1.25, 3);
  EXPECT_TRUE(distribution.exact());
  EXPECT_EQ(distribution.quantile(0.5), 10.0);
  EXPECT_EQ(distribution.quantile(1), 20.0);
  distribution.add(0.1, 1);
  EXPECT_FALSE(distribution.exact());
}

TEST(Distribution, StaysWithinOnePercentOverTwentyOrdersOfMagnitude) {
  SeededRandom random(7);
  for (int round = 0; round < 20; ++round) {
    std::vector<double> values;
    Distribution distribution;
    for (int i = 0; i < 2000; ++i) {
      values.push_back(std::pow(10, random.unit() * 20 - 10));
      distribution.add(values.back(), 1);
    }
    for (const double fraction : {0.0005, 0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
      const double truth = true_quantile(values, fraction);
      EXPECT_NEAR(distribution.quantile(fraction), truth, truth * Distribution::relative_error_max * 1.0001);
    }
  }
}

TEST(Distribution, IsTheSameInWhateverOrderItWasMerged) {
  SeededRandom random(3);
  Distribution in_order, halves[2];
  for (int i = 0; i < 100; ++i) {
    const double value = static_cast<double>(random.below(40));
    in_order.add(value, 1);
    halves[random.below(2)].add(value, 1);
  }
  Distribution merged = halves[1];
  merged.merge(halves[0]);
  EXPECT_EQ(merged, in_order);
}

TEST(Distribution, KeepsTheWholeRangeThatTheServiceAccepts) {
  for (const double value : {0x1p360, 0x1p-359, 1.0, -0x1p360, 0.0}) {
    const double kept = Distribution::value_of(Distribution::bin_of(value));
    EXPECT_NEAR(kept, value, std::fabs(value) * Distribution::relative_error_max) << value;
  }
}

TEST(Aggregate, OfStatisticSetsKnowsValuesOnlyWhenTheyAreEqual) {
  Aggregate aggregate;
  aggregate.add(StatisticSet{4, 20, 5, 5});
  EXPECT_EQ(compute(*parse_statistic("p50"), aggregate), 5);
  aggregate.add(StatisticSet{1, 9, 9, 9});
  EXPECT_EQ(compute(*parse_statistic("p99"), aggregate), 9);
  Aggregate unknown;
  unknown.add(StatisticSet{10, 100, 1, 30});
  EXPECT_EQ(compute(*parse_statistic("p50"), unknown), std::nullopt);
  EXPECT_EQ(compute(*parse_statistic("Average"), unknown), 10);
}

TEST(Aggregate, MergesAsIfAllHadComeToOne) {
  SeededRandom random(11);
  for (int round = 0; round < 200; ++round) {
    Aggregate whole, left, right;
    const std::uint64_t kinds = 1 + random.below(30);
    for (int i = 0; i < 30; ++i) {
      const Sample sample = static_cast<double>(random.below(kinds));
      whole.add(sample);
      (random.below(2) ? left : right).add(sample);
    }
    left.merge(right);
    EXPECT_EQ(left, whole);
  }
}

}  // namespace
}  // namespace tocsin::telemetry
