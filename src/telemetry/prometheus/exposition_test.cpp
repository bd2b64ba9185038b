#include "telemetry/prometheus/exposition.h"

#include <gtest/gtest.h>

#include <cmath>

#include "fuzz/mutate.h"

namespace tocsin::telemetry {
namespace {

// the guide's example
constexpr std::string_view example = R"(# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",error="Cannot find file:\n\"FILE.TXT\""} 1.458255915e9
metric_without_timestamp_and_labels 12.47
something_weird{problem="division by zero"} +Inf -3982045
http_request_duration_seconds_bucket{le="+Inf",} 144320
rpc_duration_seconds_sum 1.7560473e+07
a_nan NaN
)";

TEST(Exposition, TheGuidesExampleIsRead) {
  const auto samples = parse_exposition(example, false);
  ASSERT_TRUE(samples) << samples.error().message;
  ASSERT_EQ(samples->size(), 8u);
  EXPECT_EQ(samples->at(0).labels, (PrometheusLabels{{"__name__", "http_requests_total"}, {"method", "post"}, {"code", "200"}}));
  EXPECT_EQ(samples->at(0).value, 1027);
  EXPECT_EQ(*samples->at(0).time, instant_from_ms(1395066363000));
  EXPECT_EQ(samples->at(2).labels[1].second, "C:\\DIR\\FILE.TXT");
  EXPECT_EQ(samples->at(2).labels[2].second, "Cannot find file:\n\"FILE.TXT\"");
  EXPECT_EQ(samples->at(3).value, 12.47);
  EXPECT_FALSE(samples->at(3).time);
  EXPECT_EQ(samples->at(4).value, INFINITY);
  EXPECT_EQ(samples->at(6).value, 1.7560473e7);
  EXPECT_TRUE(std::isnan(samples->at(7).value));
}

TEST(Exposition, OpenMetricsHasSecondsExemplarsAndAnEnd) {
  const auto samples = parse_exposition("foo_bucket{le=\"1\"} 8 # {id=\"a\"} 0.6 1.2\nfoo_count 17 1520879607.789\n# EOF\n", true);
  ASSERT_TRUE(samples) << samples.error().message;
  ASSERT_EQ(samples->size(), 2u);
  EXPECT_EQ(samples->at(0).value, 8);
  EXPECT_EQ(*samples->at(1).time, instant_from_ms(1520879607789));
  EXPECT_FALSE(parse_exposition("foo 1\n", true));
}

TEST(Exposition, AFaultNamesItsLine) {
  for (const char* wrong :
       {"1name 5", "name", "name five", "name{a=b} 1", "name{a=\"b\" 1", "name 1 2 3", "{a=\"b\"} 1", "name{a=\"b\"c=\"d\"} 1"}) {
    const auto samples = parse_exposition("up 1\n" + std::string(wrong) + "\n", false);
    ASSERT_FALSE(samples) << wrong;
    EXPECT_EQ(samples.error().message, "line 2 is no sample");
  }
}

TEST(ExpositionFuzz, AnyBytesAreSamplesOrAnError) {
  fuzz::mutate({std::string(example), "{\"a.b\",x=\"y\"} 1 # {} 1\n# EOF\n"}, {"{", "}", "\"", "\\", "=", "NaN", "-Inf", "1e400", "# EOF"},
               4000, [](std::string_view text) {
                 for (const bool open_metrics : {false, true})
                   for (const ExposedSample& each : parse_exposition(text, open_metrics).value_or(std::vector<ExposedSample>{}))
                     EXPECT_FALSE(each.labels.empty());
               });
}

}  // namespace
}  // namespace tocsin::telemetry
