// A metric with a daily season: its band, an alarm on the band, a plain alarm on its anomaly score, through a crash.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cmath>
#include <numbers>

#include "simulation/world.h"

namespace tocsin::scenarios {
namespace {

using namespace std::chrono_literals;
using simulation::World;

class Anomaly : public ::testing::Test {
 protected:
  World world{61};
  SeededRandom random{4};

  double usual(Instant at) {
    const double day = static_cast<double>(to_seconds(at) % 86400) / 86400;
    return 100 + 40 * std::sin(day * 2 * std::numbers::pi) + 4 * (random.unit() - 0.5);
  }
  static Object datum(Instant at, double value) {
    return {{"MetricName", "Requests"}, {"Timestamp", to_ns(at) / 1'000'000'000}, {"Value", value}};
  }
  void record(Instant at, double value) {
    world.call("cloudwatch", "PutMetricData", {{"Namespace", "Shop"}, {"MetricData", Array{datum(at, value)}}});
  }
  void record_past(Duration span) {
    Array data;
    for (Instant at = world.now() - span; at < world.now(); at += 5min) {
      data.emplace_back(datum(at, usual(at)));
      if (data.size() < 500 && at + 5min < world.now()) continue;
      world.call("cloudwatch", "PutMetricData", {{"Namespace", "Shop"}, {"MetricData", std::exchange(data, {})}});
    }
  }
  void live(Duration span, double factor = 1) {
    for (const Instant end = world.now() + span; world.now() < end; world.fast_forward(5min))
      record(world.now(), factor * usual(world.now()));
  }
  std::string state_of(const std::string& alarm) {
    const Document described = world.call("cloudwatch", "DescribeAlarms", {{"AlarmNames", Array{alarm}}});
    const Array& alarms = array_at(described, "MetricAlarms");
    return alarms.empty() ? "none" : text_or(alarms[0], "StateValue");
  }
};

TEST_F(Anomaly, IsSeenByTheScoreThroughACrash) {
  record_past(24h * 5);
  world.call("cloudwatch", "PutAnomalyDetector",
             {{"SingleMetricAnomalyDetector", Object{{"Namespace", "Shop"}, {"MetricName", "Requests"}, {"Stat", "Average"}}}});
  world.call("cloudwatch", "PutMetricAlarm",
             {{"AlarmName", "odd"},
              {"Namespace", "Tocsin/Anomaly"},
              {"MetricName", "AnomalyScore"},
              {"Dimensions", Array{Object{{"Name", "Namespace"}, {"Value", "Shop"}}, Object{{"Name", "MetricName"}, {"Value", "Requests"}},
                                   Object{{"Name", "Stat"}, {"Value", "Average"}}}},
              {"Statistic", "Maximum"},
              {"Period", 300},
              {"EvaluationPeriods", 1},
              {"Threshold", 0.5},
              {"ComparisonOperator", "GreaterThanOrEqualToThreshold"}});
  live(1h);
  EXPECT_EQ(state_of("odd"), "OK");
  world.crash();
  live(30min);
  EXPECT_EQ(state_of("odd"), "OK");
  live(5min, 3);
  EXPECT_EQ(state_of("odd"), "ALARM");
  const Document described = world.call("cloudwatch", "DescribeAnomalyDetectors", {});
  EXPECT_EQ(text_or(array_at(described, "AnomalyDetectors").at(0), "StateValue"), "TRAINED");
}

TEST_F(Anomaly, HasABandToRead) {
  record_past(24h * 5);
  const Object metric{{"Metric", Object{{"Namespace", "Shop"}, {"MetricName", "Requests"}}}, {"Period", 300}, {"Stat", "Average"}};
  const Array queries{Object{{"Id", "m1"}, {"MetricStat", metric}},
                      Object{{"Id", "band"}, {"Expression", "ANOMALY_DETECTION_BAND(m1, 4)"}}};
  const Document read = world.call("cloudwatch", "GetMetricData",
                                   {{"MetricDataQueries", queries},
                                    {"StartTime", to_ns(world.now() - 2h) / 1'000'000'000},
                                    {"EndTime", to_ns(world.now()) / 1'000'000'000}});
  const Array& results = array_at(read, "MetricDataResults");
  ASSERT_EQ(results.size(), 3u) << to_json(read);
  EXPECT_EQ(array_at(results[1], "Values").size(), 24u);
}

}  // namespace
}  // namespace tocsin::scenarios
