#include "telemetry/metrics/point_record.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "fuzz/input_count.h"

namespace tocsin::telemetry {
namespace {

std::vector<MetricPoint> some_points() {
  const Instant at = instant_from_ms(1'795'000'000'123);
  return {
      {.metric = {"Shop", "Latency", {{"Service", "pay"}}}, .unit = "Milliseconds", .time = at, .sample = 12.5},
      {.metric = {"Shop", "Latency", {{"Service", "pay"}}}, .unit = "Milliseconds", .time = at, .high_resolution = true, .sample = 13.0},
      {.metric = {"Shop", "Errors", {}}, .unit = "Count", .time = at, .sample = StatisticSet{3, 6, 1, 3}},
      {.metric = {"AWS/SNS", "Errors", {}}, .unit = "Count", .time = at, .sample = std::vector<WeightedValue>{{1, 2}, {2.5, 0.5}}}};
}

bool same(const MetricPoint& a, const MetricPoint& b) {
  return a.metric == b.metric && a.unit == b.unit && a.time == b.time && a.high_resolution == b.high_resolution && a.sample == b.sample;
}

TEST(PointRecord, ReadsBackWhatItWrote) {
  const auto batch = decode_record(encode_record({"123456789012", "eu-west-1"}, some_points()));
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->scope, (Scope{"123456789012", "eu-west-1"}));
  ASSERT_EQ(batch->points.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_TRUE(same(batch->points[i], some_points()[i])) << i;
}

TEST(PointRecordFuzz, DamagedBytesAreAnErrorOrABatch) {
  SeededRandom random(9);
  const std::string whole = encode_record({"123456789012", "eu-west-1"}, some_points());
  for (int round = 0; round < fuzz::input_count(20'000); ++round) {
    std::string bytes = whole.substr(0, 1 + random.below(whole.size()));
    for (std::uint64_t i = random.below(4); i > 0; --i) bytes[random.below(bytes.size())] = static_cast<char>(random.next());
    const auto batch = decode_record(bytes);
    if (batch) encode_record(batch->scope, batch->points);
  }
}

}  // namespace
}  // namespace tocsin::telemetry
