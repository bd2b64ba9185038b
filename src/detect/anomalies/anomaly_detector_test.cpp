// Stories of the streaming score, on series made here.
#include "detect/anomalies/anomaly_detector.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <numbers>

#include "base/random.h"

namespace tocsin::detect {
namespace {

using namespace std::chrono_literals;

constexpr Instant monday{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

class AnomalyDetectorTest : public ::testing::Test {
 protected:
  AnomalyDetector detector;
  SeededRandom random{7};
  Instant now = monday;
  int anomalies = 0;

  double noise() { return random.unit() - 0.5; }
  double day_wave() const { return std::sin(static_cast<double>(to_seconds(now) % 86400) / 86400 * 2 * std::numbers::pi); }

  Judgement see(double value, Duration step = 5min) {
    const Judgement judgement = detector.observe(now, value);
    EXPECT_TRUE(judgement.score >= 0 && judgement.score <= 1);
    if (judgement.score >= 0.5) ++anomalies;
    now += step;
    return judgement;
  }
  /// Points that keep to `value` until it has been that long; how many were called anomalies.
  int live(Duration span, const std::function<double()>& value) {
    anomalies = 0;
    for (const Instant end = now + span; now < end;) see(value());
    return anomalies;
  }
};

TEST_F(AnomalyDetectorTest, ASpikeIsAnAnomalyAtOnceAndSaysWhy) {
  live(72h, [&] { return 50 + 5 * noise(); });
  const Judgement judgement = see(95);
  EXPECT_GE(judgement.score, 0.5);
  EXPECT_TRUE(judgement.upward);
  EXPECT_GE(judgement.one_in, 800);
  EXPECT_LE(judgement.one_in, 10.0 * 865);
  EXPECT_FALSE(words_of(judgement.feature, judgement.upward).empty());
}

TEST_F(AnomalyDetectorTest, AConstantSeriesIsNoneAndItsFirstChangeIsOne) {
  EXPECT_EQ(live(24h * 14, [] { return 45.0; }), 0);
  EXPECT_GE(see(46).score, 0.5);
}

TEST_F(AnomalyDetectorTest, ADayThatDoesNotComeIsMissed) {
  const auto daily = [&] { return 50 + 30 * day_wave() + 2 * noise(); };
  EXPECT_LE(live(24h * 10, daily), 4);

  EXPECT_GE(live(24h, [&] { return 20 + 2 * noise(); }), 1);
}

TEST_F(AnomalyDetectorTest, ASpikeThatComesEachDayIsNoSurprise) {
  const auto nightly = [&] { return 10 + noise() + (to_seconds(now) % 86400 == 3 * 3600 ? 80 : 0); };
  live(24h * 4, nightly);
  int told = 0;
  for (int day = 0; day < 10; ++day) {
    live(3h, nightly);
    told += see(nightly()).score >= 0.5 ? 1 : 0;
    live(21h - 5min, nightly);
  }
  EXPECT_LE(told, 1);
  live(6h, nightly);  // the spike of the night lies behind
  EXPECT_GE(see(90).score, 0.5);
}

TEST_F(AnomalyDetectorTest, ALevelShiftIsToldOnceAndThenLearned) {
  live(24h * 4, [&] { return 100 + 4 * noise(); });
  EXPECT_GE(live(2h, [&] { return 160 + 4 * noise(); }), 1);
  live(24h * 2, [&] { return 160 + 4 * noise(); });
  EXPECT_LE(live(24h * 4, [&] { return 160 + 4 * noise(); }), 3);
}

TEST_F(AnomalyDetectorTest, AnOutageDoesNotBlindIt) {
  live(24h * 5, [&] { return 100 + 4 * noise(); });
  EXPECT_GE(live(1h, [] { return 0.0; }), 1);
  live(24h * 3, [&] { return 100 + 4 * noise(); });
  EXPECT_GE(live(1h, [] { return 0.0; }), 1);
}

TEST_F(AnomalyDetectorTest, WorseThanWhatWasToldIsToldAtOnce) {
  live(24h * 5, [&] { return 100 + 4 * noise(); });
  const Judgement spike = see(110);
  live(15min, [&] { return 100 + 4 * noise(); });
  EXPECT_GE(live(1h, [] { return 0.0; }), 1) << spike.surprise;
}

TEST_F(AnomalyDetectorTest, AStuckValueIsAnAnomalyWhereValuesMove) {
  live(24h * 4, [&] { return 100 + 4 * noise(); });
  const double stuck = 100.5;
  EXPECT_GE(live(3h, [&] { return stuck; }), 1);
}

TEST_F(AnomalyDetectorTest, SparseEventsAreNoneAndABurstOfThemIsOne) {
  const auto sparse = [&] { return random.unit() < 0.02 ? 10 + 5 * random.unit() : 0.0; };
  EXPECT_LE(live(24h * 10, sparse), 13);
  EXPECT_LE(live(24h * 10, sparse), 5);
  live(24h, [] { return 0.0; });
  EXPECT_GE(live(2h, [&] { return random.unit() < 0.7 ? 10 + 5 * random.unit() : 0.0; }), 1);
}

TEST_F(AnomalyDetectorTest, ABusyDayOfBurstsIsNotAHundredAlarms) {
  double excited = 0;
  const auto bursty = [&] {
    excited = 0.9 * excited + (random.unit() < 0.03 ? 20 * random.unit() : 0);
    return 5 + excited + noise();
  };
  EXPECT_LE(live(24h * 14, bursty), 12);
}

TEST_F(AnomalyDetectorTest, AlarmsBecomeRarerTheLongerItIsKnown) {
  const auto noisy = [&] { return 100 + 20 * noise() * noise() * noise(); };
  live(24h * 7, noisy);
  EXPECT_LE(live(24h * 7, noisy), 4);
  EXPECT_LE(live(24h * 28, noisy), 8);
}

TEST_F(AnomalyDetectorTest, InTheFirstPointsNothingIsAnAnomaly) {
  for (int i = 0; i < 100; ++i) EXPECT_LT(see(i % 10 == 9 ? 1e9 : 1).score, 0.5);
}

TEST_F(AnomalyDetectorTest, TheSameInOtherUnitsScoresTheSame) {
  AnomalyDetector other;
  for (int i = 0; i < 3000; ++i) {
    const double value = 10 + noise() + (i == 2000 ? 40 : 0);
    EXPECT_EQ(detector.observe(now, value).score, other.observe(now, value * 1024).score);
    now += 5min;
  }
}

TEST_F(AnomalyDetectorTest, NoSeriesBreaksIt) {
  const double most = std::numeric_limits<double>::max();
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t kind = random.next() % 8;
    const double value = kind == 0 ? most : kind == 1 ? -most : kind == 2 ? 5e-324 : kind == 3 ? 0 : kind == 4 ? 1e300 * noise() : noise();
    const auto step = static_cast<std::int64_t>(random.next() % 5);
    see(value, std::chrono::seconds(step == 0 ? -86400 : step == 1 ? 0 : step == 2 ? 40 * 86400 : 60));
    if (now > monday + 24h * 20000) now = monday;
  }
}

TEST_F(AnomalyDetectorTest, ItKeepsToItsMemory) { EXPECT_LE(sizeof(AnomalyDetector), 40U * 1024); }

}  // namespace
}  // namespace tocsin::detect
