#include "detect/alarms/mute_rule.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/text_time.h"

namespace tocsin::detect {
namespace {

Document rule(const char* expression, const char* duration, const char* zone = "UTC") {
  return Object{{"Rule", Object{{"Schedule", Object{{"Expression", expression}, {"Duration", duration}, {"Timezone", zone}}}}}};
}

std::string at(const Document& definition, const char* time) {
  const auto terms = parse_mute_terms(definition);
  if (!terms) return terms.error().message;
  const Instant now = *parse_rfc3339(time);
  const auto window = mute_window_at(*terms, now);
  std::string text(to_text(mute_status(*terms, now)));
  if (window) text += ' ' + to_rfc3339(window->start) + ' ' + to_rfc3339(window->end);
  return text;
}

TEST(MuteRule, MutesFromEachOccurrenceForItsDuration) {
  const Document sundays = rule("cron(0 2 * * SUN)", "PT4H");  // 22 November 2026 is a Sunday
  EXPECT_EQ(at(sundays, "2026-11-22T01:59:59Z"), "SCHEDULED");
  EXPECT_EQ(at(sundays, "2026-11-22T02:00:00Z"), "ACTIVE 2026-11-22T02:00:00Z 2026-11-22T06:00:00Z");
  EXPECT_EQ(at(sundays, "2026-11-22T05:59:59Z"), "ACTIVE 2026-11-22T02:00:00Z 2026-11-22T06:00:00Z");
  EXPECT_EQ(at(sundays, "2026-11-22T06:00:00Z"), "SCHEDULED");
  EXPECT_EQ(at(rule("cron(0 18 * * FRI)", "P2DT12H"), "2026-11-23T05:00:00Z"), "ACTIVE 2026-11-20T18:00:00Z 2026-11-23T06:00:00Z");
  EXPECT_EQ(at(rule("cron(* * * * *)", "P15D"), "2026-11-23T05:00:00Z"), "ACTIVE 2026-11-23T05:00:00Z 2026-12-08T05:00:00Z");
}

TEST(MuteRule, OnceIsOnce) {
  const Document once = rule("at(2026-11-24T14:00)", "PT4H", "Europe/Berlin");
  EXPECT_EQ(at(once, "2026-11-24T12:59:00Z"), "SCHEDULED");
  EXPECT_EQ(at(once, "2026-11-24T13:00:00Z"), "ACTIVE 2026-11-24T13:00:00Z 2026-11-24T17:00:00Z");
  EXPECT_EQ(at(once, "2026-11-24T17:00:00Z"), "EXPIRED");
}

TEST(MuteRule, ItsDatesBoundIt) {
  Document bounded = rule("cron(0 2 * * *)", "PT4H");
  bounded.as_object()["StartDate"] = to_ns(*parse_rfc3339("2026-11-24T03:00:00Z"));
  bounded.as_object()["ExpireDate"] = to_ns(*parse_rfc3339("2026-11-26T04:00:00Z"));
  EXPECT_EQ(at(bounded, "2026-11-24T02:30:00Z"), "SCHEDULED");
  EXPECT_EQ(at(bounded, "2026-11-24T03:30:00Z"), "ACTIVE 2026-11-24T03:00:00Z 2026-11-24T06:00:00Z");
  EXPECT_EQ(at(bounded, "2026-11-26T03:30:00Z"), "ACTIVE 2026-11-26T02:00:00Z 2026-11-26T04:00:00Z");
  EXPECT_EQ(at(bounded, "2026-11-26T04:00:00Z"), "EXPIRED");
}

TEST(MuteRule, OfADoubledHourTheFirstBegins) {
  // Berlin, 31 October 2027: 02:30 comes twice, and once in the gap of 28 March it does not come at all
  const Document nightly = rule("cron(30 2 * * *)", "PT1H", "Europe/Berlin");
  EXPECT_EQ(at(nightly, "2027-10-31T00:45:00Z"), "ACTIVE 2027-10-31T00:30:00Z 2027-10-31T01:30:00Z");
  EXPECT_EQ(at(nightly, "2027-10-31T01:45:00Z"), "SCHEDULED");
  EXPECT_EQ(at(nightly, "2027-03-28T01:15:00Z"), "SCHEDULED");
}

TEST(MuteRule, RefusesWhatIsNone) {
  for (const char* duration :
       {"", "PT", "P", "PT0S", "PT30S", "P16D", "4H", "PT4", "PT4X", "P1M", "PT9999999999H", "PTPT1H", "P1DT", "PT-4H"})
    EXPECT_FALSE(parse_mute_duration(duration)) << duration;
  EXPECT_EQ(parse_mute_duration("P1W").value(), std::chrono::hours(7 * 24));
  EXPECT_EQ(parse_mute_duration("PT1M30S").value(), std::chrono::seconds(90));
  EXPECT_FALSE(parse_mute_terms(rule("0 2 * * SUN", "PT4H")));
  EXPECT_FALSE(parse_mute_terms(rule("rate(5 minutes)", "PT4H")));
  EXPECT_FALSE(parse_mute_terms(rule("cron(0 2 * * SUN)", "PT4H", "Nowhere")));
}

}  // namespace
}  // namespace tocsin::detect
