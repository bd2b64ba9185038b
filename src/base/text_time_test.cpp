#include "base/text_time.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

using namespace std::chrono_literals;

TEST(TextTime, ReadsOffsetsAndFractions) {
  const auto expected = instant_from_ns(1'795'500'579'123'000'000);
  EXPECT_EQ(parse_rfc3339(to_rfc3339_ms(expected)), expected);
  EXPECT_EQ(parse_rfc3339("1970-01-01T01:00:00+01:00"), instant_from_ns(0));
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00.000000001Z"), instant_from_ns(1));
  EXPECT_EQ(parse_rfc3339("1970-01-02"), instant_from_ns(86'400'000'000'000));
  EXPECT_EQ(parse_rfc3339("1969-12-31T23:59:59Z"), instant_from_ns(-1'000'000'000));
}

TEST(TextTime, RefusesWhatIsNoTime) {
  for (const char* text : {"", "2026", "2026-13-01", "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00+1", "2026-01-01T00:00:00Zx"})
    EXPECT_FALSE(parse_rfc3339(text)) << text;
}

TEST(TextTime, WritesTheFormsOfTheWire) {
  const auto at = *parse_rfc3339("2026-11-24T06:49:39.5Z");
  EXPECT_EQ(to_http_date(at), "Tue, 24 Nov 2026 06:49:39 GMT");
  EXPECT_EQ(parse_http_date(to_http_date(at)), at - 500ms);
  EXPECT_EQ(to_amz_date(at), "20261124T064939Z");
  EXPECT_EQ(parse_amz_date("20261124T064939Z"), at - 500ms);
  EXPECT_EQ(to_iso_offset_ms(at), "2026-11-24T06:49:39.500+0000");
}

TEST(TextTime, SpeaksOfSpansInTwoUnits) {
  EXPECT_EQ(to_words(45s), "45 s");
  EXPECT_EQ(to_words(22min), "22 min");
  EXPECT_EQ(to_words(3h + 5min + 7s), "3 h 5 min");
  EXPECT_EQ(to_words(52h), "2 d 4 h");
}

}  // namespace
}  // namespace tocsin
