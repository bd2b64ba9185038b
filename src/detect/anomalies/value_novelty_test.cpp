// What is new for where a series just was.
#include "detect/anomalies/value_novelty.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "detect/anomalies/tail_histogram.h"

namespace tocsin::detect {
namespace {

TEST(ValueRanks, StandAmongWhatCame) {
  ValueRanks ranks;
  EXPECT_EQ(ranks.rank(100), 0.5F);
  for (std::size_t bin = 0; bin < 200; ++bin) ranks.observe(bin);
  EXPECT_NEAR(ranks.rank(220), 1, 1e-5);
  EXPECT_NEAR(ranks.rank(100), 0.5, 0.05);
  EXPECT_LT(ranks.rank(10), 0.07);
  for (int i = 0; i < 200'000; ++i) ranks.observe(250);  // what was long ago fades
  EXPECT_NEAR(ranks.rank(249), 0, 1e-3);
}

TEST(ValueRanks, TakeAnyValue) {
  EXPECT_EQ(ValueRanks::bin_of(-1e300), 0U);
  EXPECT_EQ(ValueRanks::bin_of(1e300), 255U);
}

TEST(ValueNovelty, TheSameValueIsNewOnlyWhereItNeverWas) {
  SeededRandom random{3};
  ValueNovelty novelty;
  EXPECT_EQ(novelty.next(0, 0), 0);  // nothing is known
  // low values come after low ones, high values after high ones
  for (int i = 0; i < 3000; ++i) novelty.next((i % 2 == 0 ? -4 : 4) + random.unit(), i % 2 == 0 ? -4 : 4);
  EXPECT_LT(novelty.next(-3.5, -4), 1);
  EXPECT_GT(novelty.next(4.5, -4), 2);
}

TEST(TailHistogram, SaysHowRareAndNotMuchRarerThanWhatWasSeen) {
  TailHistogram history;
  SeededRandom random{4};
  for (int i = 0; i < 1000; ++i) history.observe(static_cast<float>(random.unit()) * 4);
  history.refit();
  EXPECT_EQ(history.surprise(2), 0);
  EXPECT_GT(history.surprise(4), 1.4);
  EXPECT_GT(history.surprise(4.2F), history.surprise(4));
  EXPECT_LE(history.surprise(60), 4.01);
}

TEST(TailHistogram, WhereNothingEverWasTheFirstIsAsRareAsTheHistoryIsLong) {
  TailHistogram history;
  for (int i = 0; i < 1000; ++i) history.observe(no_magnitude);
  history.refit();
  EXPECT_EQ(history.surprise(no_magnitude), 0);
  EXPECT_NEAR(history.surprise(1), 4, 0.1);
}

}  // namespace
}  // namespace tocsin::detect
