// Tables: expression, zone, a moment, the moments that follow.
#include "base/schedule/schedule.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "base/text_time.h"
#include "fuzz/input_count.h"

namespace tocsin {
namespace {

struct Case {
  const char* expression;
  const char* zone;
  const char* after;
  std::vector<std::string> next;
};

void check(const Result<Schedule>& schedule, const Case& c) {
  ASSERT_TRUE(schedule) << c.expression << ": " << schedule.error().message;
  Instant at = *parse_rfc3339(c.after);
  const Instant anchor = at;
  std::vector<std::string> found;
  for (std::size_t n = 0; n < c.next.size(); ++n) {
    const auto next = schedule->next_after(at, anchor);
    found.push_back(next ? to_rfc3339(*next) : "never");
    if (!next) break;
    at = *next;
  }
  EXPECT_EQ(found, c.next) << c.expression << " in " << c.zone;
}

TEST(Schedule, SixFields) {
  const Case cases[] = {
      {"cron(0 10 * * ? *)", "UTC", "2026-01-01T09:59:59Z", {"2026-01-01T10:00:00Z", "2026-01-02T10:00:00Z"}},
      {"cron(0 10 * * ? *)", "UTC", "2026-01-01T10:00:00Z", {"2026-01-02T10:00:00Z"}},
      {"cron(0/15 * * * ? *)", "UTC", "2026-01-01T10:05:00Z", {"2026-01-01T10:15:00Z", "2026-01-01T10:30:00Z"}},
      {"cron(0/10 * ? * MON-FRI *)", "UTC", "2026-01-02T23:55:00Z", {"2026-01-05T00:00:00Z"}},
      {"cron(0/5 8-17 ? * MON-FRI *)", "UTC", "2026-01-02T17:55:00Z", {"2026-01-05T08:00:00Z"}},
      {"cron(0 18 ? * 2 *)", "UTC", "2026-01-01T00:00:00Z", {"2026-01-05T18:00:00Z"}},
      {"cron(0 8 1 * ? *)", "UTC", "2026-01-01T09:00:00Z", {"2026-02-01T08:00:00Z"}},
      {"cron(0 0 L * ? *)", "UTC", "2026-01-31T00:00:00Z", {"2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z"}},
      {"cron(0 0 L-2 * ? *)", "UTC", "2026-02-01T00:00:00Z", {"2026-02-26T00:00:00Z"}},
      {"cron(0 0 15W * ? *)", "UTC", "2026-02-01T00:00:00Z", {"2026-02-16T00:00:00Z", "2026-03-16T00:00:00Z"}},
      {"cron(0 0 1W * ? *)", "UTC", "2026-07-31T12:00:00Z", {"2026-08-03T00:00:00Z"}},
      {"cron(0 0 31W * ? *)", "UTC", "2026-02-01T00:00:00Z", {"2026-03-31T00:00:00Z"}},
      {"cron(0 0 LW * ? *)", "UTC", "2026-05-01T00:00:00Z", {"2026-05-29T00:00:00Z"}},
      {"cron(0 0 ? * 6L *)", "UTC", "2026-01-01T00:00:00Z", {"2026-01-30T00:00:00Z", "2026-02-27T00:00:00Z"}},
      {"cron(0 0 ? * 3#2 *)", "UTC", "2026-01-01T00:00:00Z", {"2026-01-13T00:00:00Z", "2026-02-10T00:00:00Z"}},
      {"cron(0 0 ? * L *)", "UTC", "2026-01-01T00:00:00Z", {"2026-01-03T00:00:00Z"}},
      {"cron(0 0 29 2 ? *)", "UTC", "2026-01-01T00:00:00Z", {"2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"}},
      {"cron(0 0 1 JAN,jul ? 2027)", "UTC", "2026-01-01T00:00:00Z", {"2027-01-01T00:00:00Z", "2027-07-01T00:00:00Z", "never"}},
      {"cron(0 0 ? * FRI-MON *)", "UTC", "2026-01-06T00:00:00Z", {"2026-01-09T00:00:00Z", "2026-01-10T00:00:00Z"}},
      {"rate(5 minutes)", "UTC", "2026-01-01T00:00:30Z", {"2026-01-01T00:05:30Z", "2026-01-01T00:10:30Z"}},
      {"rate(1 day)", "Europe/Berlin", "2026-03-28T12:00:00Z", {"2026-03-29T12:00:00Z"}},
      {"at(2026-06-01T09:30:00)", "Asia/Kolkata", "2026-01-01T00:00:00Z", {"2026-06-01T04:00:00Z", "never"}},
  };
  for (const Case& c : cases) check(parse_schedule(c.expression, c.zone), c);
}

TEST(Schedule, DaylightSaving) {
  const Case cases[] = {
      // Berlin: 02:00 to 03:00 is missing on 29 March 2026, doubled on 25 October
      {"cron(30 2 * * ? *)", "Europe/Berlin", "2026-03-28T02:00:00Z", {"2026-03-30T00:30:00Z"}},
      {"cron(30 2 * * ? *)", "Europe/Berlin", "2026-10-24T12:00:00Z", {"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}},
      {"cron(0 9 * * ? *)", "Europe/Berlin", "2026-03-28T00:00:00Z", {"2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z"}},
      // New York: 8 March and 1 November
      {"cron(30 2 * * ? *)", "America/New_York", "2026-03-08T00:00:00Z", {"2026-03-09T06:30:00Z"}},
      {"cron(30 1 * * ? *)", "America/New_York", "2026-11-01T00:00:00Z", {"2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"}},
      {"cron(0/30 1 * * ? *)", "America/New_York", "2026-11-01T05:00:00Z", {"2026-11-01T05:30:00Z", "2026-11-02T06:00:00Z"}},
      // Lord Howe moves by half an hour, on 4 October 2026 and 5 April 2026
      {"cron(15 2 * * ? *)", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", {"2026-10-04T15:15:00Z"}},
      {"cron(45 1 * * ? *)", "Australia/Lord_Howe", "2026-04-04T00:00:00Z", {"2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"}},
      {"at(2026-03-29T02:30:00)", "Europe/Berlin", "2026-01-01T00:00:00Z", {"never"}},
  };
  for (const Case& c : cases) check(parse_schedule(c.expression, c.zone), c);
}

TEST(Schedule, FiveFields) {
  const Case cases[] = {
      {"cron(0 2 * * 0)", "UTC", "2026-01-01T00:00:00Z", {"2026-01-04T02:00:00Z"}},
      {"cron(0 2 * * 7)", "UTC", "2026-01-01T00:00:00Z", {"2026-01-04T02:00:00Z"}},
      {"cron(0 2 * * SUN)", "UTC", "2026-01-01T00:00:00Z", {"2026-01-04T02:00:00Z"}},
      {"cron(0 0 13 * 5)",
       "UTC",
       "2026-02-01T00:00:00Z",
       {"2026-02-06T00:00:00Z", "2026-02-13T00:00:00Z", "2026-02-20T00:00:00Z", "2026-02-27T00:00:00Z", "2026-03-06T00:00:00Z",
        "2026-03-13T00:00:00Z"}},
      {"at(2026-06-01T09:30)", "Europe/Berlin", "2026-01-01T00:00:00Z", {"2026-06-01T07:30:00Z", "never"}},
      {"cron(*/20 1-2 * * *)", "UTC", "2026-01-01T01:50:00Z", {"2026-01-01T02:00:00Z", "2026-01-01T02:20:00Z"}},
  };
  for (const Case& c : cases) check(parse_mute_schedule(c.expression, c.zone), c);
}

TEST(Schedule, Refusals) {
  for (const char* text : {"rate(1 minutes)",
                           "rate(5 minute)",
                           "rate(0 minutes)",
                           "rate(5 weeks)",
                           "rate(5)",
                           "rate()",
                           "rate(5 minutes",
                           "cron(0 10 * * * *)",
                           "cron(0 10 ? * ? *)",
                           "cron(0 10 * * ?)",
                           "cron(60 10 * * ? *)",
                           "cron(0 24 * * ? *)",
                           "cron(0 0 32 * ? *)",
                           "cron(0 0 ? * 8 *)",
                           "cron(0 0 ? * 3#6 *)",
                           "cron(0/0 0 * * ? *)",
                           "cron(5-1 0 * * ? *)",
                           "cron(0 0 * * ? 1969)",
                           "at(2026-02-30T00:00:00)",
                           "at(2026-02-03)",
                           "every day",
                           ""})
    EXPECT_FALSE(parse_schedule(text)) << text;
  EXPECT_EQ(parse_schedule("every day").error().message, "Parameter ScheduleExpression is not valid.");
  EXPECT_FALSE(parse_schedule("rate(1 day)", "Mars/Olympus"));
  EXPECT_FALSE(parse_mute_schedule("cron(0 0 * * * *)"));
}

TEST(ScheduleFuzz, WhatParsesGoesForward) {
  SeededRandom random(11);
  static constexpr std::string_view seeds[] = {"cron(0/15 8-17 ? * MON-FRI 2026)", "cron(0 0 15W,L * ? *)", "cron(0 0 ? * 3#2,6L *)",
                                               "rate(15 minutes)", "at(2026-10-25T02:30:00)"};
  static constexpr std::string_view alphabet = "0123456789*?/-,#LWcronat( )MONFRIday";
  const Instant start = *parse_rfc3339("2026-03-28T00:00:00Z");
  int parsed = 0;
  for (int round = 0; round < fuzz::input_count(5000); ++round) {
    std::string text(seeds[random.below(std::size(seeds))]);
    for (std::uint64_t edits = 1 + random.below(3); edits > 0; --edits)
      text[random.below(text.size())] = alphabet[random.below(alphabet.size())];
    const auto schedule = parse_schedule(text, "Europe/Berlin");
    (void)parse_mute_schedule(text, "UTC");
    if (!schedule) continue;
    ++parsed;
    EXPECT_GT(schedule->next_after(start, start).value_or(start + std::chrono::seconds(1)), start) << text;
  }
  EXPECT_GT(parsed, 100);
}

}  // namespace
}  // namespace tocsin
