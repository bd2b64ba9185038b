#include "telemetry/otlp/metric_points.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace tocsin::telemetry {
namespace {

const Scope scope{"000000000000", "eu-west-1"};

wire::otlp::ResourceMetrics one(wire::otlp::Metric metric) {
  wire::otlp::ResourceMetrics metrics;
  metrics.resource.attributes = Object{{"service.name", "web"}};
  metrics.metrics.push_back(std::move(metric));
  return metrics;
}

std::vector<WeightedValue> values_of(const std::vector<MetricPoint>& points) {
  return points.empty() ? std::vector<WeightedValue>{} : std::get<std::vector<WeightedValue>>(points.front().sample);
}

TEST(SpanPoints, OfOneSecondAreOnePointWithEachValuesCount) {
  const Dimensions web = {{"Service", "web"}};
  const auto at = instant_from_ms(5'400);
  const auto points = to_points({{"Fault", web, 0, "None", at}, {"Fault", web, 0, "None", at}, {"Fault", web, 1, "None", at}, {"Fault", web, 1, "None", instant_from_ms(6'000)}});
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[0].time, instant_from_ms(5'000));
  EXPECT_TRUE(points[0].high_resolution);
  EXPECT_EQ(values_of(points), (std::vector<WeightedValue>{{0, 2}, {1, 1}}));
}

TEST(OtlpSums, CumulativeBecomesDeltaAndARestartBeginsAnew) {
  OtlpMetrics reader;
  wire::otlp::Metric sum{.name = "hits", .unit = "1", .kind = wire::otlp::MetricKind::sum, .temporality = wire::otlp::Temporality::cumulative, .monotonic = true};
  const auto send = [&](std::int64_t start, double value) {
    sum.points = {{.start_ns = start, .time_ns = 10, .value = value}};
    return values_of(reader.points(scope, one(sum)));
  };
  EXPECT_TRUE(send(1, 5).empty());
  EXPECT_EQ(send(1, 8), (std::vector<WeightedValue>{{3, 1}}));
  EXPECT_EQ(send(9, 2), (std::vector<WeightedValue>{{2, 1}}));
}

TEST(OtlpHistograms, KeepTheirCountAndSum) {
  OtlpMetrics reader;
  wire::otlp::Metric histogram{.name = "latency", .unit = "ms", .kind = wire::otlp::MetricKind::histogram, .temporality = wire::otlp::Temporality::delta};
  histogram.points = {{.time_ns = 10, .count = 4, .sum = 40, .explicit_bounds = {5, 25}, .bucket_counts = {1, 3, 0}}};
  const auto points = reader.points(scope, one(histogram));
  ASSERT_EQ(points.size(), 1u);
  EXPECT_EQ(points[0].unit, "Milliseconds");
  double count = 0, sum = 0;
  for (const auto& value : values_of(points)) count += value.count, sum += value.value * value.count;
  EXPECT_EQ(count, 4);
  EXPECT_NEAR(sum, 40, 1e-9);
}

TEST(OtlpGauges, BearServiceAndAttributesAsDimensions) {
  OtlpMetrics reader;
  wire::otlp::Metric gauge{.name = "queue", .kind = wire::otlp::MetricKind::gauge};
  gauge.points = {{.attributes = Object{{"shard", 3}}, .time_ns = 10, .value = 7}};
  const auto points = reader.points(scope, one(gauge));
  EXPECT_EQ(points.at(0).metric.dimensions, (Dimensions{{"Service", "web"}, {"shard", "3"}}));
}

}  // namespace
}  // namespace tocsin::telemetry
