#include "telemetry/metrics/math/dynamic_label.h"

#include <gtest/gtest.h>

namespace tocsin::telemetry {
namespace {
using namespace std::chrono_literals;

const Instant noon = instant_from_ms(1'795'003'200'000);  // 2026-11-18T12:00:00Z

SeriesValue series() {
  SeriesValue series{.label = "CPUUtilization",
                     .period_s = 300,
                     .points = {{noon, 15.25}, {noon + 5min, 31.5}, {noon + 90min, 2}},
                     .origin = std::make_shared<SeriesOrigin>(MetricId{"AWS/EC2", "CPUUtilization", {{"InstanceId", "i-1"}}}, "Average")};
  return series;
}
std::string label(std::string_view text, std::chrono::minutes offset = 0min) {
  return dynamic_label(text, series(), {{"123456789012", "eu-west-1"}, noon + 2h + 3s, offset});
}

TEST(DynamicLabel, ShowsValuesTimesAndProperties) {
  EXPECT_EQ(label("CPUUtilization, peak of ${MAX} was at ${MAX_TIME}"), "CPUUtilization, peak of 31.5 was at 11-18 12:05");
  EXPECT_EQ(label("${MAX_TIME}", -240min), "11-18 08:05");
  EXPECT_EQ(label("${AVG} ${SUM} ${MIN} ${FIRST} ${LAST} ${DATAPOINT_COUNT}"), "16.25 48.75 2 15.25 2 3");
  EXPECT_EQ(label("${MIN_MAX_RANGE} ${FIRST_LAST_RANGE} ${MIN_MAX_TIME_RANGE} ${FIRST_LAST_TIME_RANGE}"), "29.5 -13.25 1h 25m 1h 30m");
  EXPECT_EQ(label("${FIRST_TIME_RELATIVE} ${LAST_TIME_RELATIVE} ${MIN_TIME_RELATIVE}"), "2h 3s 30m 3s 30m 3s");
  EXPECT_EQ(label("${LABEL} ${PROP('Dim.InstanceId')} ${PROP('MetricName')} ${PROP('Namespace')} ${PROP('Period')} ${PROP('Stat')}"),
            "CPUUtilization i-1 CPUUtilization AWS/EC2 300 Average");
  EXPECT_EQ(label("${PROP('AccountId')} ${PROP('Region')}"), "123456789012 eu-west-1");
}

TEST(DynamicLabel, WhatIsNotKnownStays) {
  EXPECT_EQ(label("${WHAT} ${PROP('Dim.Other')} $ {MAX} ${MAX"), "${WHAT} ${PROP('Dim.Other')} $ {MAX} ${MAX");
  SeriesValue empty = series();
  empty.points.clear();
  EXPECT_EQ(dynamic_label("${MAX} of ${LABEL}", empty, {}), "- of CPUUtilization");
}

TEST(DynamicLabel, AtMostSixValuesAndOneLabel) {
  EXPECT_TRUE(check_label("${AVG}${AVG}${AVG}${AVG}${AVG}${AVG}${LABEL}"));
  EXPECT_FALSE(check_label("${AVG}${AVG}${AVG}${AVG}${AVG}${AVG}${AVG}"));
  EXPECT_FALSE(check_label("${LABEL}${LABEL}"));
}

TEST(DynamicLabel, TimezonesAreFourDigitsWithASign) {
  EXPECT_EQ(*parse_utc_offset("+0130"), 90min);
  EXPECT_EQ(*parse_utc_offset("-0400"), -240min);
  for (const char* wrong : {"", "+1", "Europe/Berlin", "+0160", "+9900"}) EXPECT_FALSE(parse_utc_offset(wrong)) << wrong;
}

}  // namespace
}  // namespace tocsin::telemetry
