// What becomes of a log line: a datapoint, an alarm, a message in a queue; also when the power goes right after it was acknowledged.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/encoding.h"
#include "simulation/world.h"
#include "wire/http/gzip.h"

namespace tocsin::scenarios {
namespace {

using namespace std::chrono_literals;
using simulation::World;

void log_line(World& world, const std::string& message) {
  world.call("logs", "PutLogEvents",
             {{"logGroupName", "/shop"},
              {"logStreamName", "web1"},
              {"logEvents", Array{Object{{"timestamp", to_ms(world.now())}, {"message", message}}}}});
}

void add_group(World& world) {
  world.call("logs", "CreateLogGroup", {{"logGroupName", "/shop"}});
  world.call("logs", "CreateLogStream", {{"logGroupName", "/shop"}, {"logStreamName", "web1"}});
}

std::string alarm_state(World& world) {
  const Document answer = world.call("cloudwatch", "DescribeAlarms", {{"AlarmNames", Array{"errors"}}});
  return text_or(array_at(answer, "MetricAlarms")[0], "StateValue");
}

TEST(Logs, AnErrorRingsAnAlarm) {
  World world(31);
  add_group(world);
  world.call("logs", "PutMetricFilter",
             {{"logGroupName", "/shop"},
              {"filterName", "errors"},
              {"filterPattern", "{ $.level = \"ERROR\" }"},
              {"metricTransformations",
               Array{Object{{"metricName", "Errors"}, {"metricNamespace", "Shop"}, {"metricValue", "1"}, {"defaultValue", 0}}}}});
  world.call("cloudwatch", "PutMetricAlarm",
             {{"AlarmName", "errors"},
              {"Namespace", "Shop"},
              {"MetricName", "Errors"},
              {"Statistic", "Sum"},
              {"Period", 60},
              {"EvaluationPeriods", 1},
              {"Threshold", 2},
              {"ComparisonOperator", "GreaterThanOrEqualToThreshold"}});
  for (int minute = 0; minute < 4; ++minute) {
    log_line(world, R"({"level":"INFO"})");
    world.fast_forward(1min);
  }
  EXPECT_TRUE(world.wait_until([&] { return alarm_state(world) == "OK"; }, 5min)) << "the default value says that all is well";
  log_line(world, R"({"level":"ERROR"})");
  log_line(world, R"({"level":"ERROR"})");
  EXPECT_TRUE(world.wait_until([&] { return alarm_state(world) == "ALARM"; }, 3min));
}

TEST(Logs, WhatWasAcknowledgedIsForwardedAlthoughThePowerGoes) {
  World world(32);
  add_group(world);
  world.call("sqs", "CreateQueue", {{"QueueName", "errors"},
              {"Attributes", Object{{"Policy", R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"logs.amazonaws.com"},)"
                                               R"("Action":"sqs:SendMessage","Resource":"*"}]})"}}}});
  world.call("logs", "PutSubscriptionFilter",
             {{"logGroupName", "/shop"},
              {"filterName", "errors"},
              {"filterPattern", "ERROR"},
              {"destinationArn", "arn:aws:sqs:" + world.client().region + ":" + world.client().account + ":errors"}});
  log_line(world, "ERROR one");
  log_line(world, "fine");
  world.crash();
  const std::string url = text_or(world.call("sqs", "GetQueueUrl", {{"QueueName", "errors"}}), "QueueUrl");
  const Document answer = world.call("sqs", "ReceiveMessage", {{"QueueUrl", url}});
  ASSERT_EQ(array_at(answer, "Messages").size(), 1u);
  const auto packed = from_base64(text_or(array_at(answer, "Messages")[0], "Body"));
  ASSERT_TRUE(packed);
  EXPECT_NE(wire::gunzip(*packed, 1 << 20)->find("ERROR one"), std::string::npos);
}

}  // namespace
}  // namespace tocsin::scenarios
