#include "telemetry/metrics/statistic.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "fuzz/input_count.h"

namespace tocsin::telemetry {
namespace {

Aggregate one_to(int last) {
  Aggregate aggregate;
  for (int i = 1; i <= last; ++i) aggregate.add(static_cast<double>(i));
  return aggregate;
}

struct Case {
  const char* name;
  double expected;
};

class OverOneToTen : public testing::TestWithParam<Case> {};

TEST_P(OverOneToTen, Computes) {
  const auto statistic = parse_statistic(GetParam().name);
  ASSERT_TRUE(statistic) << GetParam().name;
  const auto value = compute(*statistic, one_to(10));
  ASSERT_TRUE(value) << GetParam().name;
  EXPECT_DOUBLE_EQ(*value, GetParam().expected) << GetParam().name;
}

INSTANTIATE_TEST_SUITE_P(Statistics, OverOneToTen,
                         testing::Values(Case{"SampleCount", 10}, Case{"Sum", 55}, Case{"Average", 5.5}, Case{"Minimum", 1},
                                         Case{"Maximum", 10}, Case{"p50", 5}, Case{"p90", 9}, Case{"p99.9", 10}, Case{"p0", 1},
                                         Case{"p100", 10}, Case{"tm90", 5}, Case{"TM(:90%)", 5}, Case{"TM(10%:90%)", 5.5},
                                         Case{"TM(2:5)", 4}, Case{"TC(2:5)", 3}, Case{"TS(2:5)", 12}, Case{"TC(:95%)", 9.5},
                                         Case{"PR(:3)", 30}, Case{"PR(3:)", 70}, Case{"WM(:80%)", 5.2}, Case{"WM(3:8)", 5.5},
                                         Case{"IQM", 5.5}, Case{"tc50", 5}, Case{"ts50", 15}));

TEST(Statistic, RefusesWhatIsNone) {
  for (const char* name :
       {"",         "average",     "p",  "p101",  "p-1",  "p9x",    "p1.12345678901", "TM",  "TM()", "TM(:)",   "TM(5:2)",
        "TM(1%:5)", "PR(10%:20%)", "tm", "tm101", "pr50", "TM(1:2", "IQM(1:2)",       "p+5", "pnan", "TM(:inf)"})
    EXPECT_FALSE(parse_statistic(name)) << name;
}

TEST(Statistic, CountsWholeNumbersUpToABoundAlsoInBins) {
  const Aggregate aggregate = one_to(40);
  ASSERT_FALSE(aggregate.known_values().exact());
  for (int low = 0; low <= 40; ++low) {
    for (int high = low; high <= 40; ++high) {
      const std::string bounds = '(' + std::to_string(low) + ':' + std::to_string(high) + ')';
      EXPECT_EQ(compute(*parse_statistic("TC" + bounds), aggregate), high - low) << bounds;
      EXPECT_EQ(compute(*parse_statistic("PR" + bounds), aggregate), 100 * (high - low) / 40.0) << bounds;
    }
  }
}

TEST(Statistic, HasNoPercentileOfNegativeValues) {
  Aggregate aggregate = one_to(3);
  aggregate.add(-1.0);
  EXPECT_EQ(compute(*parse_statistic("p50"), aggregate), std::nullopt);
  EXPECT_EQ(compute(*parse_statistic("Minimum"), aggregate), -1);
}

TEST(StatisticFuzz, SurvivesAnyName) {
  SeededRandom random(5);
  for (int i = 0; i < fuzz::input_count(20'000); ++i) {
    const std::string name = random.letters("pTMWCSPR()%:.0123456789-e", random.below(12));
    if (const auto statistic = parse_statistic(name)) compute(*statistic, one_to(20));
  }
}

}  // namespace
}  // namespace tocsin::telemetry
