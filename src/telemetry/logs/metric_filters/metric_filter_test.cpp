#include "telemetry/logs/metric_filters/metric_filter.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "telemetry/logs/metric_filters/metric_filter_counts.h"

namespace tocsin::telemetry {
namespace {

const Scope shop{"111122223333", "eu-west-1"};
constexpr std::int64_t minute_ms = 60'000, start_ms = 29'000'000 * minute_ms;

Object definition(std::string pattern, std::string value, Object more = {}) {
  Object transformation{{"metricName", "errors"}, {"metricNamespace", "shop"}, {"metricValue", value}};
  for (auto& [key, each] : more) transformation[key] = each;
  return {{"filterPattern", pattern}, {"metricTransformations", Array{transformation}}};
}

struct Trial {
  MetricFilter filter;
  MetricFilterCounts counts;
  std::vector<MetricPoint> points;
  explicit Trial(const Object& document) : filter(*compile_metric_filter(document, shop)) {}
  void see(std::string_view message, std::int64_t at_ms = start_ms) {
    const MessageView view(message);
    counts.add(filter, {at_ms, view}, at_ms, points);
  }
};

TEST(MetricFilter, CountsMatches) {
  Trial run(definition("ERROR", "1", {{"unit", "Count"}}));
  run.see("ERROR a");
  run.see("fine");
  ASSERT_EQ(run.points.size(), 1u);
  EXPECT_EQ(run.points[0].metric, (MetricId{"shop", "errors", {}}));
  EXPECT_EQ(run.points[0].unit, "Count");
  EXPECT_EQ(run.points[0].sample, Sample(1.0));
  EXPECT_EQ(to_ms(run.points[0].time), start_ms);
}

TEST(MetricFilter, TakesValuesAndDimensionsFromTheEvent) {
  Trial json(definition("{ $.latency = * }", "$.latency", {{"dimensions", Object{{"Route", "$.route"}}}}));
  json.see(R"({"latency":50,"route":"/pay"})");
  json.see(R"({"latency":"slow","route":"/pay"})");
  json.see(R"({"latency":50})");
  ASSERT_EQ(json.points.size(), 1u);
  EXPECT_EQ(json.points[0].metric.dimensions, (Dimensions{{"Route", "/pay"}}));
  EXPECT_EQ(json.points[0].sample, Sample(50.0));
  Trial delimited(definition("[ip, ..., bytes]", "$bytes", {{"dimensions", Object{{"Ip", "$ip"}}}}));
  delimited.see("1.2.3.4 GET 1534");
  ASSERT_EQ(delimited.points.size(), 1u);
  EXPECT_EQ(delimited.points[0].sample, Sample(1534.0));
}

TEST(MetricFilter, GivesTheDefaultForAMinuteWithEventsAndNoMatch) {
  Trial run(definition("ERROR", "1", {{"defaultValue", 0}}));
  run.see("fine");
  run.see("ERROR", start_ms + minute_ms);
  run.see("fine", start_ms + minute_ms + 1);
  run.points.clear();
  run.counts.add_defaults(run.filter, start_ms + minute_ms + 9'000, false, run.points);
  EXPECT_TRUE(run.points.empty());
  for (int i = 0; i < 3; ++i) run.counts.add_defaults(run.filter, start_ms + 5 * minute_ms, false, run.points);
  ASSERT_EQ(run.points.size(), 1u);
  EXPECT_EQ(to_ms(run.points[0].time), start_ms);
  EXPECT_EQ(run.points[0].sample, Sample(0.0));
}

TEST(MetricFilter, StopsAtAThousandCombinationsAnHour) {
  Trial run(definition("{ $.id = * }", "1", {{"dimensions", Object{{"Id", "$.id"}}}}));
  for (int i = 0; i < 1000; ++i) run.see("{\"id\":" + std::to_string(i) + "}");
  EXPECT_FALSE(run.counts.too_many_combinations());
  run.see(R"({"id":"one more"})");
  EXPECT_TRUE(run.counts.too_many_combinations());
  EXPECT_EQ(run.points.size(), 1000u);
}

TEST(MetricFilter, BrokenDefinitionsAreRefusedInTheServicesWords) {
  const auto words = [](const Object& document) { return compile_metric_filter(document, shop).error().message; };
  EXPECT_EQ(words(definition("ERROR", "1", {{"dimensions", Object{{"a", "$.b"}}}})),
            "The specified filter pattern does not support dimensions");
  EXPECT_EQ(words(definition("{ $.a = 1 }", "1", {{"dimensions", Object{{"a", "$.a"}}}, {"defaultValue", 0}})),
            "Invalid metric transformation: dimensions and default value are mutually exclusive properties.");
  EXPECT_FALSE(compile_metric_filter(definition("ERROR", "$.a"), shop));
  EXPECT_FALSE(compile_metric_filter(definition("ERROR", "nan"), shop));
  EXPECT_FALSE(compile_metric_filter(definition("{ $.a = 1 }", "1", {{"dimensions", Object{{"a", "b"}}}}), shop));
  EXPECT_FALSE(compile_metric_filter(definition("foo-bar", "1"), shop));
}

TEST(MetricFilter, EmitsSystemFields) {
  Object document = definition("ERROR", "1");
  document["emitSystemFieldDimensions"] = Array{"@aws.account", "@aws.region"};
  Trial run(document);
  run.see("ERROR");
  EXPECT_EQ(run.points.at(0).metric.dimensions, (Dimensions{{"@aws.account", "111122223333"}, {"@aws.region", "eu-west-1"}}));
}

}  // namespace
}  // namespace tocsin::telemetry
