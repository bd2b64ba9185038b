#include "telemetry/metrics/period_run.h"

#include <gtest/gtest.h>

#include <map>

#include "base/random.h"

namespace tocsin::telemetry {
namespace {

constexpr SlotTimes minutes{1'795'000'020, 60};

PeriodRun random_run(SeededRandom& random) {
  PeriodRun run;
  const std::uint64_t points = random.below(300), kinds = random.below(5);
  for (std::uint64_t i = 0; i < points; ++i) {
    const std::int64_t time_s = minutes.slot_s + static_cast<std::int64_t>(random.below(kinds == 0 ? 400 : 20)) * 60;
    switch (random.below(kinds + 1)) {
      case 0:
        run.add(time_s, static_cast<double>(random.below(300)) / 100);
        break;
      case 1:
        run.add(time_s, random.unit() * 1000 - 10);
        break;
      case 2:
        run.add(time_s, Sample(std::vector<WeightedValue>{{static_cast<double>(random.below(3)), 0.5}, {7.25, 3}}));
        break;
      case 3:
        run.add(time_s, Sample(StatisticSet{4, 2, 0.5, 0.5}));
        break;
      default:
        run.add(time_s, Sample(StatisticSet{5, 20.25, 1.5, 9}));
    }
  }
  return run;
}

TEST(PeriodRun, ReadsBackWhatItWrote) {
  SeededRandom random(1);
  Integers scratch;
  for (int round = 0; round < 1500; ++round) {
    const PeriodRun run = random_run(random);
    PeriodRun again;
    ASSERT_TRUE(again.decode(run.encode(minutes), minutes, scratch));
    EXPECT_TRUE(again == run) << round;
  }
}

TEST(PeriodRun, IsTheSameHoweverItsPointsWereGathered) {
  SeededRandom random(7);
  for (int round = 0; round < 300; ++round) {
    PeriodRun whole, first, second;
    std::vector<std::pair<std::int64_t, double>> points;
    for (std::uint64_t i = random.below(100); i > 0; --i)
      points.emplace_back(minutes.slot_s + static_cast<std::int64_t>(random.below(60)) * 60, static_cast<double>(random.below(90)));
    const std::size_t cut = random.below(points.size() + 1);
    for (std::size_t i = 0; i < points.size(); ++i) {
      whole.add(points[i].first, points[i].second);
      (i < cut ? first : second).add(points[i].first, points[i].second);
    }
    first.merge(second);
    EXPECT_TRUE(first == whole);
    std::map<std::int64_t, Aggregate> expected;
    for (const auto& [time_s, value] : points) expected[time_s].add(value);
    ASSERT_EQ(whole.size(), expected.size());
    std::size_t place = 0;
    for (const auto& [time_s, aggregate] : expected) {
      EXPECT_EQ(whole.time_s(place), time_s);
      EXPECT_EQ(whole.aggregate(place++), aggregate);
    }
  }
}

TEST(PeriodRun, OfAGaugeTakesAboutAByteAPeriod) {
  PeriodRun run;
  for (int i = 0; i < 120; ++i) run.add(minutes.slot_s + i * 60, static_cast<double>(4000 + i * 37 % 200) / 100);
  EXPECT_TRUE(run.plain());
  EXPECT_LT(run.encode(minutes).size(), 150u);
}

TEST(PeriodRun, OfSixSamplesAMinuteKeepsTheirDistributionInFewBytes) {
  PeriodRun run;
  for (int i = 0; i < 720; ++i) run.add(minutes.slot_s + i / 6 * 60, static_cast<double>(4000 + i * 37 % 200) / 100);
  EXPECT_EQ(run.size(), 120u);
  EXPECT_LT(run.encode(minutes).size(), 1100u) << "the values, their sums as far as they are rounded, and hardly more";
}

TEST(PeriodRunFuzz, DamagedBytesAreAnErrorOrARun) {
  SeededRandom random(2);
  Integers scratch;
  for (int round = 0; round < 10'000; ++round) {
    std::string bytes = random_run(random).encode(minutes).substr(0, 400);
    for (std::uint64_t i = random.below(4); i > 0; --i) bytes[random.below(bytes.size())] = static_cast<char>(random.next());
    PeriodRun run;
    if (run.decode(bytes, minutes, scratch)) run.encode(minutes);
  }
}

}  // namespace
}  // namespace tocsin::telemetry
