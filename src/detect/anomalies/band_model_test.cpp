// Stories of the band, on series made here.
#include "detect/anomalies/band_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>

#include "base/random.h"

namespace tocsin::detect {
namespace {

constexpr std::int64_t minute = 60, hour = 3600, day = 86400;
constexpr std::int64_t monday = 20'514 * day;

class BandModelTest : public ::testing::Test {
 protected:
  BandModel model;
  SeededRandom random{3};
  std::int64_t now = monday;

  double noise() { return random.unit() - 0.5; }
  double day_wave() const { return std::sin(static_cast<double>(now % day) / day * 2 * std::numbers::pi); }

  /// The share of points within k deviations of what was expected of them, before each was seen.
  double live(std::int64_t span_s, const std::function<double()>& value, double k = 2, std::int64_t step_s = minute) {
    int inside = 0, expected = 0;
    for (const std::int64_t end = now + span_s; now < end; now += step_s) {
      const double seen = value();
      if (const auto band = model.expect(now)) {
        ++expected;
        inside += std::fabs(seen - band->value) <= k * band->deviation ? 1 : 0;
      }
      model.observe(now, seen);
    }
    return expected == 0 ? 0 : static_cast<double>(inside) / expected;
  }
};

TEST_F(BandModelTest, AfterTwoHoursTheBandHoldsWhatComes) {
  const auto steady = [&] { return 100 + 10 * noise(); };
  live(2 * hour, steady);
  const auto band = model.expect(now);
  ASSERT_TRUE(band);
  EXPECT_NEAR(band->value, 100, 2);
  EXPECT_LT(band->deviation, 6);
  EXPECT_GE(live(2 * hour, steady), 0.9);
}

TEST_F(BandModelTest, AfterTwoDaysItKnowsTheDay) {
  const auto daily = [&] { return 100 + 50 * day_wave() + 4 * noise(); };
  live(2 * day, daily);
  const auto noon = model.expect(now + 6 * hour), midnight = model.expect(now);
  ASSERT_TRUE(noon && midnight);
  EXPECT_EQ(noon->season, Season::day);
  EXPECT_NEAR(noon->value, 150, 8);
  EXPECT_NEAR(midnight->value, 100, 8);
  EXPECT_LT(noon->deviation, 8);
  EXPECT_GE(live(day, daily, 3), 0.9);
}

TEST_F(BandModelTest, AfterTwoWeeksItKnowsTheWeekend) {
  const auto weekly = [&] { return ((now - monday) / day % 7 >= 5 ? 20 : 100) + 30 * day_wave() + 2 * noise(); };
  live(15 * day, weekly, 2, 5 * minute);
  const auto saturday = model.expect(monday + 19 * day + 12 * hour);
  ASSERT_TRUE(saturday);
  EXPECT_EQ(saturday->season, Season::week);
  EXPECT_NEAR(saturday->value, 20, 15);
}

TEST_F(BandModelTest, AnOutageDoesNotBecomeTheNorm) {
  const auto steady = [&] { return 100 + 10 * noise(); };
  live(day, steady);
  const double before = model.expect(now)->deviation;
  live(hour, [] { return 0.0; });
  EXPECT_NEAR(model.expect(now)->value, 100, 12);
  EXPECT_LT(model.expect(now)->deviation, before * 2);
  EXPECT_GE(live(2 * hour, steady, 3), 0.9);
}

TEST_F(BandModelTest, ANewLevelIsTakenInAfterTwoHours) {
  live(2 * day, [&] { return 100 + 10 * noise(); });
  live(2 * hour + 10 * minute, [&] { return 200 + 10 * noise(); });
  EXPECT_NEAR(model.expect(now)->value, 200, 10);
  EXPECT_GE(live(
                6 * hour, [&] { return 200 + 10 * noise(); }, 3),
            0.9);
}

TEST_F(BandModelTest, AfterALongOutageItIsBackAtOnce) {
  live(2 * day, [&] { return 100 + 10 * noise(); });
  live(5 * hour, [] { return 0.0; });
  live(5 * minute, [&] { return 100 + 10 * noise(); });
  EXPECT_NEAR(model.expect(now)->value, 100, 12);
}

TEST_F(BandModelTest, AConstantSeriesHasANarrowBand) {
  live(3 * hour, [] { return 7.0; });
  const auto band = model.expect(now);
  ASSERT_TRUE(band);
  EXPECT_EQ(band->value, 7);
  EXPECT_EQ(band->deviation, 0);
}

TEST_F(BandModelTest, BeforeTwoHoursNothingIsSaid) {
  live(hour, [&] { return 100 + noise(); });
  EXPECT_FALSE(model.expect(now));
}

TEST_F(BandModelTest, ItIsSmall) { EXPECT_LE(sizeof(BandModel), 4608U); }

}  // namespace
}  // namespace tocsin::detect
