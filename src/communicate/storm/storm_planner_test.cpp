// Stories of one person in a storm, in virtual time.
#include "communicate/storm/storm_planner.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "base/text_time.h"
#include "fuzz/mutate.h"

namespace tocsin::storm {
namespace {

using namespace std::chrono_literals;

struct StormStory : ::testing::Test {
  Instant now = instant_from_ms(1'795'500'000'000);  // 06:00 UTC
  Policy policy;
  std::vector<Told> told;
  std::optional<Instant> digest;
  int digests = 0;

  Act ask(const std::string& group, int impact = 2, bool repeat = false) {
    const Plan planned = plan(policy, told, digest, {group, impact, repeat}, now);
    last = planned;
    told.push_back({now, planned.act == Act::send ? Told::Kind::page : Told::Kind::folded, impact, group});
    if (planned.act != Act::send) digest = digest && *digest > now ? digest : std::optional(planned.due);
    return planned.act;
  }
  void pass(Duration span) {
    now += span;
    if (!digest || *digest > now) return;
    told.push_back({*digest, Told::Kind::digest, 2, ""});
    ++digests;
    digest.reset();
  }
  int sent() const { return static_cast<int>(std::ranges::count(told, Told::Kind::page, &Told::kind)); }
  Plan last;
};

TEST_F(StormStory, TheFirstPageIsSentAtOnce) {
  EXPECT_EQ(ask("checkout"), Act::send);
  EXPECT_TRUE(last.words.empty());
}

TEST_F(StormStory, FiveThousandAlarmsInAMinuteAreAHandfulOfMessages) {
  for (int i = 0; i < 5000; ++i) {
    ask("alarm-" + std::to_string(i));
    pass(12ms);
  }
  for (int i = 0; i < 3600; ++i) pass(1s);
  EXPECT_EQ(sent(), 3);
  EXPECT_EQ(digests, 1);
  EXPECT_EQ(told.size(), 5000u + 1) << "each of them is known";
}

TEST_F(StormStory, AStormThatLastsIsToldInGrowingPauses) {
  for (int i = 0; i < 7200; ++i) {
    ask("alarm-" + std::to_string(i));
    pass(1s);
    std::erase_if(told, [&](const Told& each) { return each.at + 1h <= now; });
  }
  EXPECT_LE(digests, 9);
  EXPECT_GE(digests, 4);
}

TEST_F(StormStory, AWorseOneBreaksThrough) {
  for (int i = 0; i < 20; ++i) ask("alarm-" + std::to_string(i), 3);
  EXPECT_EQ(ask("database", 1), Act::send);
  EXPECT_EQ(ask("database-2", 1), Act::fold);
}

TEST_F(StormStory, FlappingIsSaidOnceAndThenFolded) {
  for (int i = 0; i < 3; ++i, pass(6min)) EXPECT_EQ(ask("checkout"), Act::send);
  EXPECT_EQ(ask("checkout"), Act::send);
  EXPECT_EQ(last.words, "Flapping: 4 times in an hour. What follows comes in digests until it has been quiet.");
  pass(6min);
  EXPECT_EQ(ask("checkout"), Act::fold);
  EXPECT_EQ(last.words, "flapping: 5 times in an hour");
  EXPECT_EQ(ask("payments"), Act::send) << "others are told as ever";
  EXPECT_EQ(ask("checkout", 1), Act::send) << "and so is what is worse than before";
  pass(61min);
  std::erase_if(told, [&](const Told& each) { return each.at + 1h <= now; });
  EXPECT_EQ(ask("checkout"), Act::send);
}

TEST_F(StormStory, QuietHoursHoldWhatIsNotUrgent) {
  policy.quiet = *QuietHours::parse("22:00-07:30 Europe/Berlin");
  EXPECT_EQ(ask("disk", 4), Act::hold);
  EXPECT_EQ(to_rfc3339(last.due), "2026-11-24T06:30:00Z");
  EXPECT_EQ(ask("checkout", 2), Act::send) << "urgency knows no night";
  now += 31min;
  EXPECT_EQ(ask("disk", 4), Act::send);
}

TEST(QuietHoursTest, AreReadOrRefused) {
  const auto over_day = *QuietHours::parse("12:00-14:00");
  const Instant noon = *parse_rfc3339("2026-11-24T12:30:00Z");
  EXPECT_EQ(to_rfc3339(over_day.end_of(noon)), "2026-11-24T14:00:00Z");
  EXPECT_EQ(over_day.end_of(noon + 2h), noon + 2h);
  const auto night = *QuietHours::parse("22:00-07:00 America/New_York");
  // the night in which clocks go back is an hour longer
  EXPECT_EQ(to_rfc3339(night.end_of(*parse_rfc3339("2026-11-01T03:00:00Z"))), "2026-11-01T12:00:00Z");
  for (const char* wrong : {"", "22:00", "22-07", "25:00-07:00", "22:00-22:00", "22:00-07:00 Mars/Base"})
    EXPECT_FALSE(QuietHours::parse(wrong)) << wrong;
}

// Property: however notices come, a quiet person is told the first at once, and nobody gets more than a bounded number of messages an hour.
TEST_F(StormStory, WhateverComesTheFirstIsToldAndTheRestIsBounded) {
  SeededRandom random(7);
  for (int round = 0; round < 30; ++round) {
    told.clear();
    digest.reset();
    digests = 0;
    EXPECT_EQ(ask("first", 3), Act::send);
    const Instant until = now + 1h;
    while (now < until) {
      ask("g" + std::to_string(random.below(50)), 1 + static_cast<int>(random.below(5)));
      pass(std::chrono::milliseconds(random.below(20'000)));
    }
    EXPECT_LE(sent() + digests, 60) << "an hour without end";
  }
}

TEST(QuietHoursFuzz, AnyTextIsReadOrRefused) {
  fuzz::mutate({"22:00-07:00 Europe/Berlin", "00:00-24:00"}, 2000, [](std::string_view text) {
    const auto quiet = QuietHours::parse(text);
    const Instant now = instant_from_ms(1'795'500'000'000);
    EXPECT_TRUE(!quiet || quiet->end_of(now) >= now);
  });
}

}  // namespace
}  // namespace tocsin::storm
