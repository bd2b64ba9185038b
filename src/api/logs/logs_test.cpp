// Stories of the logs API: what a client puts it gets, filters and pages through.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/logs/world_of_test.h"

namespace tocsin::api {
using logs_test::now_ms;
using logs_test::World;
namespace {

Object event(std::int64_t time_ms, std::string message) { return {{"timestamp", time_ms}, {"message", std::move(message)}}; }

std::vector<std::string> messages(const Document& answer) {
  std::vector<std::string> found;
  for (const Document& each : array_at(answer, "events")) found.push_back(text_or(each, "message"));
  return found;
}
using Messages = std::vector<std::string>;

TEST(Logs, GroupsAndStreamsAreMadeListedAndDeleted) {
  World world;
  world.make();
  EXPECT_EQ(world.refused("CreateLogGroup", {{"logGroupName", "/shop"}}), "ResourceAlreadyExistsException");
  EXPECT_EQ(world.refused("CreateLogStream", {{"logGroupName", "/none"}, {"logStreamName", "a"}}), "ResourceNotFoundException");
  world.done("CreateLogGroup", {{"logGroupName", "/shop/2"}});
  const Document page = world.done("DescribeLogGroups", {{"limit", 1}});
  EXPECT_EQ(text_or(array_at(page, "logGroups")[0], "arn"), "arn:aws:logs:eu-west-1:111122223333:log-group:/shop:*");
  const Document rest = world.done("DescribeLogGroups", {{"nextToken", text_or(page, "nextToken")}});
  EXPECT_EQ(text_or(array_at(rest, "logGroups")[0], "logGroupName"), "/shop/2");
  EXPECT_EQ(array_at(world.done("DescribeLogGroups", {{"logGroupNamePattern", "p/2"}}), "logGroups").size(), 1u);
  EXPECT_EQ(array_at(world.done("DescribeLogStreams", {{"logGroupName", "/shop"}}), "logStreams").size(), 1u);
  world.done("DeleteLogStream", {{"logGroupName", "/shop"}, {"logStreamName", "a"}});
  world.done("DeleteLogGroup", {{"logGroupName", "/shop"}});
  EXPECT_EQ(world.refused("DescribeLogStreams", {{"logGroupName", "/shop"}}), "ResourceNotFoundException");
}

TEST(Logs, RetentionIsOneOfTheServicesValues) {
  World world;
  world.make();
  EXPECT_EQ(world.refused("PutRetentionPolicy", {{"logGroupName", "/shop"}, {"retentionInDays", 2}}), "InvalidParameterException");
  world.done("PutRetentionPolicy", {{"logGroupName", "/shop"}, {"retentionInDays", 3}});
  EXPECT_EQ(integer_or(array_at(world.done("DescribeLogGroups", {}), "logGroups")[0], "retentionInDays", 0), 3);
  world.done("DeleteRetentionPolicy", {{"logGroupName", "/shop"}});
  EXPECT_FALSE(array_at(world.done("DescribeLogGroups", {}), "logGroups")[0].as_object().contains("retentionInDays"));
}

TEST(Logs, EventsTooOldOrTooNewAreRejectedByIndexAndTheRestTaken) {
  World world;
  world.make();
  const Document answer = world.put({event(now_ms - 1000, "a"), event(now_ms, "b"), event(now_ms + 3 * 3'600'000, "ahead")});
  EXPECT_EQ(integer_or(object_at(answer, "rejectedLogEventsInfo"), "tooNewLogEventStartIndex", -1), 2);
  const Document old = world.put({event(now_ms - 15LL * 86'400'000, "old")});
  EXPECT_EQ(integer_or(object_at(old, "rejectedLogEventsInfo"), "tooOldLogEventEndIndex", -1), 1);
  EXPECT_EQ(messages(world.done("GetLogEvents", {{"logGroupName", "/shop"}, {"logStreamName", "a"}})), (Messages{"a", "b"}));
  EXPECT_EQ(world.refused("PutLogEvents",
                          {{"logGroupName", "/shop"}, {"logStreamName", "a"}, {"logEvents", Array{event(2, "x"), event(1, "y")}}}),
            "InvalidParameterException");
  EXPECT_EQ(world.refused("PutLogEvents", {{"logGroupName", "/shop"}, {"logStreamName", "none"}, {"logEvents", Array{event(2, "x")}}}),
            "ResourceNotFoundException");
}

TEST(Logs, GetLogEventsGoesForwardAndBackUntilTheSameTokenComes) {
  World world;
  world.make();
  world.put({event(now_ms - 3, "1"), event(now_ms - 2, "2"), event(now_ms - 1, "3")});
  const auto get = [&](Object more) {
    Object input{{"logGroupName", "/shop"}, {"logStreamName", "a"}, {"limit", 2}};
    for (const auto& [key, value] : more) input[key] = value;
    return world.done("GetLogEvents", input);
  };
  EXPECT_EQ(messages(get({})), (Messages{"2", "3"}));
  const Document head = get({{"startFromHead", true}});
  EXPECT_EQ(messages(head), (Messages{"1", "2"}));
  const Document next = get({{"nextToken", text_or(head, "nextForwardToken")}});
  EXPECT_EQ(messages(next), (Messages{"3"}));
  const Document end = get({{"nextToken", text_or(next, "nextForwardToken")}});
  EXPECT_EQ(messages(end), Messages{});
  EXPECT_EQ(text_or(end, "nextForwardToken"), text_or(next, "nextForwardToken"));
  EXPECT_EQ(messages(get({{"nextToken", text_or(next, "nextBackwardToken")}})), (Messages{"1", "2"}));
  world.put({event(now_ms, "4")});
  EXPECT_EQ(messages(get({{"nextToken", text_or(end, "nextForwardToken")}})), (Messages{"4"}));
  EXPECT_EQ(messages(get({{"startTime", now_ms - 2}, {"endTime", now_ms - 1}})), (Messages{"2"}));
  EXPECT_EQ(world.refused("GetLogEvents", {{"logGroupName", "/shop"}, {"logStreamName", "a"}, {"nextToken", "f/1/s"}}),
            "InvalidParameterException");
}

TEST(Logs, FilterLogEventsFindsOverStreamsAndPages) {
  World world;
  world.make();
  world.done("CreateLogStream", {{"logGroupName", "/shop"}, {"logStreamName", "b"}});
  world.put({event(now_ms - 5, "ERROR one"), event(now_ms - 3, "INFO two")});
  world.put({event(now_ms - 4, "ERROR three"), event(now_ms - 2, "ERROR four")}, "b");
  const Document page = world.done("FilterLogEvents", {{"logGroupName", "/shop"}, {"filterPattern", "ERROR"}, {"limit", 2}});
  EXPECT_EQ(messages(page), (Messages{"ERROR one", "ERROR three"}));
  const Document rest =
      world.done("FilterLogEvents", {{"logGroupName", "/shop"}, {"filterPattern", "ERROR"}, {"nextToken", text_or(page, "nextToken")}});
  EXPECT_EQ(messages(rest), (Messages{"ERROR four"}));
  EXPECT_FALSE(text_at(rest, "nextToken"));
  EXPECT_EQ(messages(world.done("FilterLogEvents", {{"logGroupName", "/shop"}, {"logStreamNamePrefix", "a"}})),
            (Messages{"ERROR one", "INFO two"}));
  EXPECT_EQ(world.refused("FilterLogEvents", {{"logGroupName", "/shop"}, {"filterPattern", "foo-bar"}}), "InvalidParameterException");
}

TEST(Logs, AQueryIsStartedAndItsResultsAreFetchedInPages) {
  World world;
  world.make();
  world.put({event(now_ms - 2000, R"({"level":"ERROR","ms":7})"), event(now_ms - 1000, R"({"level":"INFO","ms":9})")});
  const Object query{{"logGroupNames", Array{"/shop"}},
                     {"startTime", now_ms / 1000 - 60},
                     {"endTime", now_ms / 1000},
                     {"queryString", "fields level, ms | sort ms"}};
  const std::string id = text_or(world.done("StartQuery", query), "queryId");
  EXPECT_EQ(text_or(world.done("GetQueryResults", {{"queryId", id}}), "status"), "Running");
  world.executor.run_ready();
  const Document page = world.done("GetQueryResults", {{"queryId", id}, {"maxItems", 1}});
  EXPECT_EQ(text_or(page, "status"), "Complete");
  const Array& row = array_at(page, "results")[0].get_array();
  EXPECT_EQ(to_json(row[0]), R"({"field":"level","value":"ERROR"})");
  EXPECT_EQ(text_or(row[2], "field"), "@ptr");
  const Document record = world.done("GetLogRecord", {{"logRecordPointer", text_or(row[2], "value")}});
  EXPECT_EQ(text_or(object_at(record, "logRecord"), "ms"), "7");
  EXPECT_EQ(array_at(world.done("GetQueryResults", {{"queryId", id}, {"nextToken", text_or(page, "nextToken")}}), "results").size(), 1u);
  EXPECT_EQ(number_at(object_at(page, "statistics"), "recordsScanned"), 2.0);
  EXPECT_EQ(array_at(world.done("DescribeQueries", {{"status", "Complete"}}), "queries").size(), 1u);
  EXPECT_EQ(world.refused("StopQuery", {{"queryId", id}}), "InvalidParameterException");
  EXPECT_EQ(world.refused("GetQueryResults", {{"queryId", "none"}}), "ResourceNotFoundException");
}

TEST(Logs, AMalformedQueryIsRefusedWithItsPlace) {
  World world;
  world.make();
  const auto reply =
      world.ask("StartQuery", {{"logGroupName", "/shop"}, {"startTime", 1}, {"endTime", 2}, {"queryString", "fields a | filter ="}});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, "MalformedQueryException");
  EXPECT_EQ(integer_or(object_at(object_at(reply.error().members, "queryCompileError"), "location"), "startCharOffset", 0), 18);
  EXPECT_EQ(world.refused("StartQuery", {{"logGroupName", "/none"}, {"startTime", 1}, {"endTime", 2}, {"queryString", ""}}),
            "ResourceNotFoundException");
  EXPECT_EQ(world.refused("StartQuery", {{"logGroupName", "/shop"}, {"startTime", 3}, {"endTime", 2}, {"queryString", ""}}),
            "InvalidParameterException");
}

TEST(Logs, TheFieldsOfAGroupAreFound) {
  World world;
  world.make();
  world.put({event(now_ms - 2, R"({"level":"ERROR","user":{"id":1}})"), event(now_ms - 1, "plain")});
  EXPECT_EQ(
      to_json(world.done("GetLogGroupFields", {{"logGroupName", "/shop"}})),
      R"({"logGroupFields":[{"name":"@ingestionTime","percent":100},{"name":"@log","percent":100},{"name":"@logStream","percent":100},)"
      R"({"name":"@message","percent":100},{"name":"@timestamp","percent":100},{"name":"level","percent":50},{"name":"user.id","percent":50}]})");
}

TEST(Logs, TagsOfAGroup) {
  World world;
  world.make();
  const char* arn = "arn:aws:logs:eu-west-1:111122223333:log-group:/shop";
  world.done("TagResource", {{"resourceArn", arn}, {"tags", Object{{"team", "pay"}, {"tier", "1"}}}});
  world.done("UntagResource", {{"resourceArn", arn}, {"tagKeys", Array{"tier"}}});
  EXPECT_EQ(to_json(world.done("ListTagsForResource", {{"resourceArn", arn}})), R"({"tags":{"team":"pay"}})");
}

}  // namespace
}  // namespace tocsin::api
