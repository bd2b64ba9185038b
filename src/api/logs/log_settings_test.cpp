// Stories of filters: what an operator sets about logs, and what then happens to events.
#include <boost/json.hpp>

#include "api/logs/world_of_test.h"
#include "base/encoding.h"
#include "wire/http/gzip.h"

namespace tocsin::api::logs_test {
namespace {

using namespace std::chrono_literals;

Object event(std::int64_t time_ms, std::string message) { return {{"timestamp", time_ms}, {"message", std::move(message)}}; }

Object metric_filter(std::string name, std::string pattern, Object transformation) {
  transformation["metricName"] = "errors";
  transformation["metricNamespace"] = "shop";
  if (!transformation.contains("metricValue")) transformation["metricValue"] = "1";
  return {{"logGroupName", "/shop"}, {"filterName", name}, {"filterPattern", pattern}, {"metricTransformations", Array{transformation}}};
}

double sum(World& world, Dimensions dimensions = {}, std::string name = "errors") {
  double total = 0;
  for (const auto& each : world.metrics.read({.scope = shop,
                          .metric = {"shop", name, dimensions},
                          .unit = {},
                          .start = instant_from_ms(now_ms - 3'600'000),
                          .end = instant_from_ms(now_ms + 3'600'000)}))
    total += each.aggregate.sum;
  return total;
}

std::size_t periods(World& world) {
  return world.metrics
      .read({.scope = shop,
             .metric = {"shop", "errors", {}},
             .unit = {},
             .start = instant_from_ms(now_ms - 3'600'000),
             .end = instant_from_ms(now_ms + 3'600'000)})
      .size();
}

TEST(MetricFilters, ArePutReadBackAndDeleted) {
  World world;
  world.make();
  world.done("PutMetricFilter", metric_filter("b", "ERROR", {{"defaultValue", 0}, {"unit", "Count"}}));
  world.done("PutMetricFilter", metric_filter("a", "{ $.x = 1 }", {{"dimensions", Object{{"X", "$.x"}}}}));
  const Document all = world.done("DescribeMetricFilters", {{"logGroupName", "/shop"}});
  ASSERT_EQ(array_at(all, "metricFilters").size(), 2u);
  EXPECT_EQ(
      to_json(array_at(all, "metricFilters")[1]),
      R"({"metricTransformations":[{"defaultValue":0,"unit":"Count","metricName":"errors","metricNamespace":"shop",)"
      R"("metricValue":"1"}],"filterPattern":"ERROR","creationTime":1760000000000,"filterName":"b","logGroupName":"/shop","applyOnTransformedLogs":false})");
  const Document page = world.done("DescribeMetricFilters", {{"limit", 1}});
  EXPECT_EQ(
      text_or(array_at(world.done("DescribeMetricFilters", {{"nextToken", text_or(page, "nextToken")}}), "metricFilters")[0], "filterName"),
      "b");
  EXPECT_EQ(array_at(world.done("DescribeMetricFilters", {{"metricName", "errors"}, {"metricNamespace", "other"}}), "metricFilters").size(),
            0u);
  EXPECT_EQ(world.refused("DescribeMetricFilters", {{"metricName", "errors"}}), "InvalidParameterException");
  EXPECT_EQ(integer_or(array_at(world.done("DescribeLogGroups", {}), "logGroups")[0], "metricFilterCount", 0), 2);
  world.done("DeleteMetricFilter", {{"logGroupName", "/shop"}, {"filterName", "a"}});
  EXPECT_EQ(world.refused("DeleteMetricFilter", {{"logGroupName", "/shop"}, {"filterName", "a"}}), "ResourceNotFoundException");
  world.done("DeleteLogGroup", {{"logGroupName", "/shop"}});
  EXPECT_TRUE(array_at(world.done("DescribeMetricFilters", {}), "metricFilters").empty());
}

TEST(MetricFilters, BrokenOnesAreRefused) {
  World world;
  world.make();
  EXPECT_EQ(world.refused("PutMetricFilter", metric_filter("a", "{ $.x", {})), "InvalidParameterException");
  EXPECT_EQ(world.refused("PutMetricFilter", metric_filter("a", "ERROR", {{"dimensions", Object{{"X", "$.x"}}}})),
            "InvalidParameterException");
  for (int i = 0; i < 5; ++i) world.done("PutMetricFilter", metric_filter("r" + std::to_string(i), "%a%", {}));
  EXPECT_EQ(world.refused("PutMetricFilter", metric_filter("r5", "%a%", {})), "LimitExceededException");
  world.done("PutMetricFilter", metric_filter("r4", "%b%", {}));
  Object elsewhere = metric_filter("a", "ERROR", {});
  elsewhere["logGroupName"] = "/none";
  EXPECT_EQ(world.refused("PutMetricFilter", elsewhere), "ResourceNotFoundException");
}

TEST(MetricFilters, TurnEventsIntoDatapoints) {
  World world;
  world.make();
  world.done("PutMetricFilter", metric_filter("a", "ERROR", {{"defaultValue", 0}}));
  world.put({event(now_ms - 120'000, "ERROR one"), event(now_ms - 120'000, "ERROR two"), event(now_ms - 1, "fine")});
  EXPECT_EQ(sum(world), 2.0);
  EXPECT_EQ(periods(world), 1u);
  world.pass(2min);
  EXPECT_EQ(sum(world), 2.0);
  EXPECT_EQ(periods(world), 2u);
}

TEST(MetricFilters, TakeValuesAndDimensions) {
  World world;
  world.make();
  world.done("PutMetricFilter",
             metric_filter("a", "{ $.ms = * }", {{"metricValue", "$.ms"}, {"dimensions", Object{{"Route", "$.route"}}}}));
  world.put({event(now_ms, R"({"ms":20,"route":"/pay"})"), event(now_ms, R"({"ms":22,"route":"/pay"})"), event(now_ms, R"({"ms":1})")});
  EXPECT_EQ(sum(world, {{"Route", "/pay"}}), 42.0);
}

TEST(MetricFilters, EmbeddedMetricsAreDatapoints) {
  World world;
  world.make();
  world.put({event(
      now_ms,
      R"({"_aws":{"Timestamp":1760000000000,"CloudWatchMetrics":[{"Namespace":"shop","Dimensions":[[]],"Metrics":[{"Name":"latency"}]}]},"latency":7})")});
  EXPECT_EQ(sum(world, {}, "latency"), 7.0);
}

TEST(MetricFilters, AreTriedOnSamples) {
  World world;
  const Document tried = world.done("TestMetricFilter",
                                    {{"filterPattern", "[..., status_code=200, size]"}, {"logEventMessages", Array{"a 500 1", "a 200 2"}}});
  EXPECT_EQ(to_json(tried),
            R"({"matches":[{"eventNumber":2,"eventMessage":"a 200 2","extractedValues":{"$1":"a","$size":"2","$status_code":"200"}}]})");
}

Document unpacked(std::string_view body) { return *parse_json(*wire::gunzip(*from_base64(body), 10 << 20)); }

std::vector<std::string> received(World& world, const std::string& queue) {
  std::vector<std::string> bodies;
  world.unit([&] {
    const auto messages = world.queues.receive(queue, {.count_max = 10});
    ASSERT_TRUE(messages);
    for (const auto& each : *messages) bodies.push_back(each.body);
  });
  return bodies;
}

std::string add_queue(World& world, const std::string& name) {
  world.unit([&] { ASSERT_TRUE(world.queues.create(shop, name, {}, {})); });
  return "arn:aws:sqs:eu-west-1:111122223333:" + name;
}

Object subscription(std::string name, std::string pattern, std::string destination) {
  return {{"logGroupName", "/shop"}, {"filterName", name}, {"filterPattern", pattern}, {"destinationArn", destination}};
}

TEST(SubscriptionFilters, SendMatchingEventsToAQueue) {
  World world;
  world.make();
  const std::string queue = add_queue(world, "errors");
  world.done("PutSubscriptionFilter", subscription("s", "[level=ERROR, what]", queue));
  world.put({event(now_ms, "ERROR one"), event(now_ms, "INFO two")});
  const auto bodies = received(world, queue);
  ASSERT_EQ(bodies.size(), 1u);
  const Document envelope = unpacked(bodies[0]);
  EXPECT_EQ(text_or(envelope, "messageType"), "DATA_MESSAGE");
  EXPECT_EQ(text_or(envelope, "logGroup"), "/shop");
  ASSERT_EQ(array_at(envelope, "logEvents").size(), 1u);
  EXPECT_EQ(text_or(array_at(envelope, "logEvents")[0], "message"), "ERROR one");
  EXPECT_EQ(to_json(*find(array_at(envelope, "logEvents")[0], "extractedFields")), R"({"level":"ERROR","what":"one"})");
  const Document described = world.done("DescribeSubscriptionFilters", {{"logGroupName", "/shop"}});
  EXPECT_EQ(text_or(array_at(described, "subscriptionFilters")[0], "distribution"), "ByLogStream");
  world.done("DeleteSubscriptionFilter", {{"logGroupName", "/shop"}, {"filterName", "s"}});
  world.put({event(now_ms, "ERROR three")});
  EXPECT_TRUE(received(world, queue).empty());
}

TEST(SubscriptionFilters, ForwardToAnotherGroupAndStopInACircle) {
  World world;
  world.make();
  world.done("CreateLogGroup", {{"logGroupName", "/errors"}});
  const auto arn = [](const std::string& group) { return "arn:aws:logs:eu-west-1:111122223333:log-group:" + group; };
  world.done("PutSubscriptionFilter", subscription("s", "ERROR", arn("/errors")));
  world.put({event(now_ms, "ERROR one"), event(now_ms, "INFO two")});
  const Document found = world.done("FilterLogEvents", {{"logGroupName", "/errors"}});
  ASSERT_EQ(array_at(found, "events").size(), 1u);
  EXPECT_EQ(text_or(array_at(found, "events")[0], "logStreamName"), "a");
  EXPECT_EQ(world.refused("PutSubscriptionFilter", subscription("t", "", arn("/shop"))), "InvalidParameterException");
  Object back = subscription("back", "", arn("/shop"));
  back["logGroupName"] = "/errors";
  world.done("PutSubscriptionFilter", back);
  world.put({event(now_ms, "ERROR round")});
  EXPECT_LE(array_at(world.done("FilterLogEvents", {{"logGroupName", "/shop"}, {"filterPattern", "round"}}), "events").size(), 4u);
}

TEST(SubscriptionFilters, WhatIsNoTargetIsRefused) {
  World world;
  world.make();
  for (const char* arn : {"arn:aws:lambda:eu-west-1:111122223333:function:f", "arn:aws:kinesis:eu-west-1:111122223333:stream/s",
                          "arn:aws:s3:::bucket", "arn:aws:sqs:eu-west-1:111122223333:none", "nonsense"})
    EXPECT_EQ(world.refused("PutSubscriptionFilter", subscription("s", "", arn)), "InvalidParameterException") << arn;
  EXPECT_EQ(world.refused("PutSubscriptionFilter", subscription("s", "", "arn:aws:logs:eu-west-1:111122223333:destination:none")),
            "ResourceNotFoundException");
  const std::string queue = add_queue(world, "q");
  for (int i = 0; i < 5; ++i) world.done("PutSubscriptionFilter", subscription("s" + std::to_string(i), "", queue));
  EXPECT_EQ(world.refused("PutSubscriptionFilter", subscription("s5", "", queue)), "LimitExceededException");
}

TEST(Destinations, AnotherAccountSubscribesWhenThePolicyLetsIt) {
  World world;
  const std::string queue = add_queue(world, "central"), arn = "arn:aws:logs:eu-west-1:111122223333:destination:central";
  const Document made =
      world.done("PutDestination", {{"destinationName", "central"}, {"targetArn", queue}, {"roleArn", "arn:aws:iam::111122223333:role/r"}});
  EXPECT_EQ(text_or(object_at(made, "destination"), "arn"), arn);
  const Scope other{"444455556666", "eu-west-1"};
  world.done("CreateLogGroup", {{"logGroupName", "/shop"}}, other);
  world.done("CreateLogStream", {{"logGroupName", "/shop"}, {"logStreamName", "a"}}, other);
  EXPECT_EQ(world.ask("PutSubscriptionFilter", subscription("s", "", arn), other).error().code, "AccessDeniedException");
  world.done(
      "PutDestinationPolicy",
      {{"destinationName", "central"},
       {"accessPolicy",
        R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"logs:PutSubscriptionFilter","Resource":")" +
            arn + "\"}]}"}});
  world.done("PutSubscriptionFilter", subscription("s", "", arn), other);
  world.done("PutLogEvents", {{"logGroupName", "/shop"}, {"logStreamName", "a"}, {"logEvents", Array{event(now_ms, "from there")}}}, other);
  const auto bodies = received(world, queue);
  ASSERT_EQ(bodies.size(), 1u);
  EXPECT_EQ(text_or(unpacked(bodies[0]), "owner"), "444455556666");
  EXPECT_EQ(array_at(world.done("DescribeDestinations", {{"DestinationNamePrefix", "c"}}), "destinations").size(), 1u);
  world.done("DeleteDestination", {{"destinationName", "central"}});
  EXPECT_EQ(world.refused("DeleteDestination", {{"destinationName", "central"}}), "ResourceNotFoundException");
}

TEST(Destinations, MayStandForAUrl) {
  World world;
  world.make();
  world.done("PutDestination",
             {{"destinationName", "hook"}, {"targetArn", "https://hooks.example/logs"}, {"roleArn", "arn:aws:iam::111122223333:role/r"}});
  world.done("PutSubscriptionFilter", subscription("s", "ERROR", "arn:aws:logs:eu-west-1:111122223333:destination:hook"));
  world.put({event(now_ms, "ERROR one")});
  world.unit([&] { EXPECT_EQ(world.outbox.depth("http").waiting, 1); });
}

}  // namespace
}  // namespace tocsin::api::logs_test
