#include "server/commands/series_csv.h"

#include <gtest/gtest.h>

#include "base/text_time.h"
#include "tests/fuzz/mutate.h"

namespace tocsin::server {
namespace {

TEST(SeriesCsv, TimesComeInManyForms) {
  const std::string same = "2014-02-14T14:30:00Z";
  for (const char* text : {"2014-02-14 14:30:00", "2014-02-14T14:30:00", "2014-02-14T14:30:00Z", "2014-02-14 14:30", "2014/02/14 14:30:00",
                           "2014-02-14T15:30:00+01:00", "2014-02-14 15:30:00 +0100", "2014-02-14 14:30:00 UTC",
                           "2014-02-14 14:30:00.000000", "20140214T143000Z", "1392388200", "1392388200.0", "1392388200000",
                           "1392388200000000", "1392388200000000000", " 2014-02-14 14:30:00 "}) {
    const auto at = parse_series_time(text);
    ASSERT_TRUE(at) << text;
    EXPECT_EQ(to_rfc3339(*at), same) << text;
  }
  EXPECT_EQ(to_rfc3339(*parse_series_time("2014-02-14")), "2014-02-14T00:00:00Z");
  EXPECT_EQ(to_rfc3339(*parse_series_time("20140214")), "2014-02-14T00:00:00Z");
  for (const char* text : {"", "yesterday", "14:30", "2014-13-01", "1e300", "nan", "2014-02-14 25:00:00"})
    EXPECT_FALSE(parse_series_time(text)) << text;
}

TEST(SeriesCsv, TheHeaderSaysWhereTheColumnsAre) {
  SeriesColumns columns;
  EXPECT_TRUE(*columns.read_header("host,Value,Timestamp"));
  const auto row = columns.read("a,1.5,2014-02-14 14:30:00");
  ASSERT_TRUE(row);
  EXPECT_EQ(row->value, 1.5);
  EXPECT_EQ(row->value_text, "1.5");
  EXPECT_FALSE(SeriesColumns().read_header("time,size"));
  EXPECT_FALSE(*SeriesColumns().read_header("1392388200,5"));
}

TEST(SeriesCsv, AGapIsARowWithoutAValue) {
  for (const char* line : {"1392388200,", "1392388200,NaN", "1392388200,null", "1392388200,inf", "1392388200,1e999", "1392388200,\"\""}) {
    const auto row = SeriesColumns().read(line);
    ASSERT_TRUE(row) << line;
    EXPECT_FALSE(row->value) << line;
  }
  EXPECT_EQ(SeriesColumns().read("\"1392388200\" , \"+7\"\r")->value, 7);
}

TEST(SeriesCsv, WhatIsNoPointIsRefusedWithWords) {
  EXPECT_EQ(SeriesColumns().read("soon,1").error().message, "'soon' is no timestamp");
  EXPECT_EQ(SeriesColumns().read("1392388200,much").error().message, "'much' is no number");
  EXPECT_EQ(SeriesColumns().read("1392388200").error().message, "a line needs a timestamp and a value");
}

TEST(SeriesCsv, NoLineBreaksTheReader) {
  fuzz::mutate({"2014-02-14 14:30:00,1.5", "\"1392388200\",\"NaN\"", "timestamp,value", "2014/02/14,1e-400"}, {"\"", ",", "-", "e999", "T"},
               20000, [](std::string_view line) {
                 SeriesColumns columns;
                 (void)columns.read_header(line);
                 const auto row = columns.read(line);
                 EXPECT_TRUE(!row || !row->value || *row->value == *row->value);
               });
}

}  // namespace
}  // namespace tocsin::server
