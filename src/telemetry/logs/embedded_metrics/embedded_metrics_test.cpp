#include "telemetry/logs/embedded_metrics/embedded_metrics.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "fuzz/input_count.h"

namespace tocsin::telemetry {
namespace {

const Instant now = instant_from_ms(1'574'109'732'999);
const std::string example =
    R"({"_aws":{"Timestamp":1574109732004,"CloudWatchMetrics":[{"Namespace":"lambda-function-metrics","Dimensions":[["functionVersion"],[]],)"
    R"("Metrics":[{"Name":"time","Unit":"Milliseconds","StorageResolution":1},{"Name":"sizes"},{"Name":"missing"}]}]},)"
    R"("functionVersion":"$LATEST","time":100,"sizes":[1,2.5],"requestId":"989ffbf8"})";

std::vector<MetricPoint> points(const std::string& message) {
  return may_embed_metrics(message) ? embedded_metrics(MessageView(message), now) : std::vector<MetricPoint>();
}

TEST(EmbeddedMetrics, TheSpecificationsExample) {
  const auto found = points(example);
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[0].metric, (MetricId{"lambda-function-metrics", "time", {{"functionVersion", "$LATEST"}}}));
  EXPECT_EQ(found[0].unit, "Milliseconds");
  EXPECT_TRUE(found[0].high_resolution);
  EXPECT_EQ(to_ms(found[0].time), 1'574'109'732'004);
  EXPECT_EQ(found[0].sample, Sample(100.0));
  EXPECT_EQ(found[1].sample, Sample(std::vector<WeightedValue>{{1, 1}, {2.5, 1}}));
  EXPECT_EQ(found[2].metric.dimensions, Dimensions());
}

TEST(EmbeddedMetrics, WhatBreaksTheSpecificationIsLeftOut) {
  const auto changed = [](const std::string& from, const std::string& to) {
    std::string text = example;
    text.replace(text.find(from), from.size(), to);
    return points(text).size();
  };
  EXPECT_EQ(points("plain").size(), 0u);
  EXPECT_EQ(changed("\"$LATEST\"", "7"), 2u);
  EXPECT_EQ(changed("\"time\":100", "\"time\":\"100\""), 2u);
  EXPECT_EQ(changed("\"Timestamp\":1574109732004,", ""), 0u);
  EXPECT_EQ(changed("1574109732004", "1474109732004"), 0u);
  EXPECT_EQ(changed("lambda-function-metrics", ""), 0u);
  EXPECT_EQ(changed("[1,2.5]", "[1,\"a\"]"), 2u);
}

// Strategy: damage the example. Invariant: no crash.
TEST(EmbeddedMetricsFuzz, AnyMessageIsRead) {
  SeededRandom random{7};
  for (int i = 0; i < fuzz::input_count(4000); ++i) {
    std::string text = example;
    for (int n = 0; n < 3; ++n) text[random.below(text.size())] = random.letters("{}[]\",:0-e_", 1)[0];
    (void)points(text);
  }
}

}  // namespace
}  // namespace tocsin::telemetry
