#include "base/schedule/wall_clock.h"

#include <gtest/gtest.h>

#include "base/text_time.h"

namespace tocsin {
namespace {

std::string start(const char* zone, const char* at, std::int64_t period_s) {
  return to_rfc3339(WallClock::parse(zone).value().period_start(*parse_rfc3339(at), period_s));
}

TEST(WallClock, PeriodsBeginWhereTheClockOnTheWallSaysSo) {
  EXPECT_EQ(start("UTC", "2026-11-24T10:17:42Z", 60), "2026-11-24T10:17:00Z");
  EXPECT_EQ(start("UTC", "2026-11-24T10:17:42Z", 300), "2026-11-24T10:15:00Z");
  EXPECT_EQ(start("Asia/Kolkata", "2026-11-24T10:17:42Z", 3600), "2026-11-24T09:30:00Z");
  EXPECT_EQ(start("UTC+05:30", "2026-11-24T10:17:42Z", 3600), "2026-11-24T09:30:00Z");
  EXPECT_EQ(start("-08:00", "2026-11-24T06:00:00Z", 86400), "2026-11-23T08:00:00Z");
  EXPECT_EQ(start("Europe/Berlin", "2026-11-24T10:17:42Z", 86400), "2026-11-23T23:00:00Z");
  EXPECT_EQ(start("UTC", "2026-11-24T10:17:42Z", 604800), "2026-11-23T00:00:00Z") << "a Monday";
  EXPECT_EQ(start("UTC", "2026-11-23T00:00:00Z", 604800), "2026-11-23T00:00:00Z");
  EXPECT_EQ(start("UTC", "2026-11-22T23:59:59Z", 604800), "2026-11-16T00:00:00Z");
}

TEST(WallClock, DaysFollowDaylightSaving) {
  // Berlin: 28 March 2027 has 23 hours, 31 October 2027 has 25
  EXPECT_EQ(start("Europe/Berlin", "2027-03-28T12:00:00Z", 86400), "2027-03-27T23:00:00Z");
  EXPECT_EQ(start("Europe/Berlin", "2027-03-29T12:00:00Z", 86400), "2027-03-28T22:00:00Z");
  EXPECT_EQ(start("Europe/Berlin", "2027-10-31T22:30:00Z", 86400), "2027-10-30T22:00:00Z");
  EXPECT_EQ(start("Europe/Berlin", "2027-10-31T23:00:00Z", 86400), "2027-10-31T23:00:00Z");
  EXPECT_EQ(start("Europe/Berlin", "2027-10-31T01:30:00Z", 3600), "2027-10-31T01:00:00Z") << "the second two o'clock is an hour of its own";
}

TEST(WallClock, RefusesWhatIsNoZone) {
  for (const char* zone : {"", "Mars/Olympus", "+01:03", "UTC+", "+1:3", "+99:00", "GMT+05:3"})
    EXPECT_FALSE(WallClock::parse(zone)) << zone;
}

}  // namespace
}  // namespace tocsin
