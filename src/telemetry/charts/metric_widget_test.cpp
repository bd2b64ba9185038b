#include "telemetry/charts/metric_widget.h"

#include <gtest/gtest.h>

#include "fuzz/mutate.h"

namespace tocsin::telemetry {
namespace {
using namespace std::chrono_literals;

const Instant now = instant_from_ms(1'795'003'200'000);

TEST(MetricWidget, TheGuidesExampleMakesItsQueries) {
  const auto widget = parse_metric_widget(
      R"({"metrics":[["MyNamespace","apiLatency","InstanceId","i-0",{"id":"m1","stat":"p50","label":"Median value","color":"#dddddd"}],
                     [".",".",".",".",{"id":"m2","visible":false,"period":60}],["...","i-9"],
                     [{"expression":"(m1+m2)/2","id":"e1","yAxis":"right"}]],"title":"T","start":"-P1D","end":"-PT1H","width":300,"height":200,
          "annotations":{"horizontal":[{"value":5,"label":"limit","fill":"above"},[{"value":1},{"value":2}]]}})",
      now);
  ASSERT_TRUE(widget) << widget.error().message;
  ASSERT_EQ(widget->queries.size(), 4u);
  EXPECT_EQ(widget->queries[0].label, "Median value");
  EXPECT_EQ(widget->queries[0].stat->statistic, *parse_statistic("p50"));
  EXPECT_EQ(widget->queries[1].stat->metric, widget->queries[0].stat->metric);
  EXPECT_EQ(widget->queries[1].stat->period_s, 60);
  EXPECT_FALSE(widget->queries[1].return_data);
  EXPECT_EQ(widget->queries[2].stat->metric.dimensions, (Dimensions{{"InstanceId", "i-9"}}));
  EXPECT_EQ(widget->queries[3].expression, "(m1+m2)/2");
  EXPECT_TRUE(widget->lines.at("e1").right_axis);
  EXPECT_EQ(widget->chart.start, now - 24h);
  EXPECT_EQ(widget->chart.end, now - 1h);
  EXPECT_EQ(widget->chart.values.size(), 2u);
  EXPECT_EQ(widget->chart.values[1].band_to, 2.0);
}

TEST(MetricWidget, WhatIsWrongIsSaid) {
  const auto error = [](std::string_view json) {
    const auto widget = parse_metric_widget(json, now);
    return widget ? "none" : widget.error().message;
  };
  EXPECT_EQ(error("[]"), "it must be a JSON object");
  EXPECT_EQ(error("{}"), "metrics must have from 1 to 100 elements");
  EXPECT_EQ(error(R"({"metrics":[["N","M"]],"width":2001})"), "width must be between 1 and 2000");
  EXPECT_EQ(error(R"({"metrics":[["N"]]})"), "metrics[0]: namespace, name and pairs of dimensions are needed");
  EXPECT_EQ(error(R"({"metrics":[["N","M",{"stat":"Median"}]]})"), "metrics[0]: 'Median' is not a valid statistic");
  EXPECT_EQ(error(R"({"metrics":[["N","M"]],"start":"-PT1X"})"), "start is neither a time nor a duration such as -PT3H");
}

TEST(MetricWidgetFuzz, AnyJsonIsAWidgetOrAnError) {
  fuzz::mutate(
      {R"({"metrics":[["N","M","D","v",{"id":"m1","period":60}],["...","w"],[{"expression":"m1*2"}]],"start":"-PT3H","yAxis":{"left":{"min":0}}})"},
      {"\"...\"", "\".\"", "{", "}", "[", "]", "null", "-1", "1e300"}, 2000, [](std::string_view json) {
        const auto widget = parse_metric_widget(json, now);
        if (!widget || widget->chart.width > 700 || widget->chart.height > 500) return;
        draw(chart_of(*widget, {{{"m1", "label", {{now - 1h, 5}, {now, 1e300}}}}, {}}));
      });
}

}  // namespace
}  // namespace tocsin::telemetry
