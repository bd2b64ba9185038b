// Stories of policies, transformers, exports, deliveries and tags.
#include <boost/json.hpp>

#include "api/logs/world_of_test.h"
#include "wire/http/body_stream.h"
#include "wire/http/gzip.h"

namespace tocsin::api::logs_test {
namespace {

using namespace std::chrono_literals;

const std::string group_arn = "arn:aws:logs:eu-west-1:111122223333:log-group:/shop";
Object event(std::int64_t time_ms, std::string message) { return {{"timestamp", time_ms}, {"message", std::move(message)}}; }

std::vector<std::string> messages(const Document& answer) {
  std::vector<std::string> found;
  for (const Document& each : array_at(answer, "events")) found.push_back(text_or(each, "message"));
  return found;
}
using Messages = std::vector<std::string>;

const std::string mask_mail =
    R"({"Name":"p","Version":"2021-06-01","Statement":[{"DataIdentifier":["arn:aws:dataprotection::aws:data-identifier/EmailAddress"],"Operation":{"Audit":{"FindingsDestination":{}}}},)"
    R"({"DataIdentifier":["arn:aws:dataprotection::aws:data-identifier/EmailAddress"],"Operation":{"Deidentify":{"MaskConfig":{}}}}]})";

TEST(DataProtection, MasksWhatLeavesUnlessUnmasked) {
  World world;
  world.make();
  world.put({event(now_ms - 10, "before a@b.cc")});
  world.pass(1s);
  world.done("PutDataProtectionPolicy", {{"logGroupIdentifier", group_arn}, {"policyDocument", mask_mail}});
  world.put({event(now_ms, "after a@b.cc")});
  const Object read{{"logGroupName", "/shop"}, {"logStreamName", "a"}};
  EXPECT_EQ(messages(world.done("GetLogEvents", read)), (Messages{"before a@b.cc", "after ******"}));
  Object unmasked = read;
  unmasked["unmask"] = true;
  EXPECT_EQ(messages(world.done("GetLogEvents", unmasked)), (Messages{"before a@b.cc", "after a@b.cc"}));
  EXPECT_EQ(messages(world.done("FilterLogEvents", {{"logGroupName", "/shop"}, {"filterPattern", "\"a@b.cc\""}})),
            (Messages{"before a@b.cc"}));
  EXPECT_EQ(text_or(world.done("GetDataProtectionPolicy", {{"logGroupIdentifier", "/shop"}}), "policyDocument"), mask_mail);
  EXPECT_EQ(text_or(array_at(world.done("DescribeLogGroups", {}), "logGroups")[0], "dataProtectionStatus"), "ACTIVATED");
  world.done("DeleteDataProtectionPolicy", {{"logGroupIdentifier", "/shop"}});
  EXPECT_FALSE(text_at(world.done("GetDataProtectionPolicy", {{"logGroupIdentifier", "/shop"}}), "policyDocument"));
  EXPECT_EQ(world.refused("PutDataProtectionPolicy", {{"logGroupIdentifier", "/shop"}, {"policyDocument", "{}"}}),
            "InvalidParameterException");
}

TEST(Transformers, AreKeptTriedAndFeedFilters) {
  World world;
  world.make();
  const Document config =
      *parse_json(R"([{"parseKeyValue":{"fieldDelimiter":" "}},{"typeConverter":{"entries":[{"key":"ms","type":"integer"}]}}])");
  world.done("PutTransformer", {{"logGroupIdentifier", "/shop"}, {"transformerConfig", config}});
  EXPECT_EQ(*find(world.done("GetTransformer", {{"logGroupIdentifier", "/shop"}}), "transformerConfig"), config);
  const Document tried = world.done("TestTransformer", {{"transformerConfig", config}, {"logEventMessages", Array{"ms=7 a=b"}}});
  EXPECT_EQ(to_json(tried),
            R"({"transformedLogs":[{"eventNumber":1,"eventMessage":"ms=7 a=b","transformedEventMessage":"{\"ms\":7,\"a\":\"b\"}"}]})");
  world.done("PutMetricFilter",
             {{"logGroupName", "/shop"},
              {"filterName", "f"},
              {"filterPattern", "{ $.ms > 5 }"},
              {"applyOnTransformedLogs", true},
              {"metricTransformations", Array{Object{{"metricName", "m"}, {"metricNamespace", "shop"}, {"metricValue", "$.ms"}}}}});
  world.put({event(now_ms, "ms=7 a=b"), event(now_ms, "ms=4 a=b")});
  const auto points = world.metrics.read({.scope = shop,
                                          .metric = {"shop", "m", {}},
                                          .unit = {},
                                          .start = instant_from_ms(now_ms - 60'000),
                                          .end = instant_from_ms(now_ms + 60'000)});
  ASSERT_EQ(points.size(), 1u);
  EXPECT_EQ(points[0].aggregate.sum, 7.0);
  world.done("DeleteTransformer", {{"logGroupIdentifier", "/shop"}});
  EXPECT_EQ(world.refused("DeleteTransformer", {{"logGroupIdentifier", "/shop"}}), "ResourceNotFoundException");
  EXPECT_EQ(world.refused("PutTransformer",
                          {{"logGroupIdentifier", "/shop"}, {"transformerConfig", *parse_json(R"([{"addKeys":{"entries":[]}}])")}}),
            "InvalidParameterException");
}

TEST(IndexPolicies, OfTheGroupGoBeforeTheAccounts) {
  World world;
  world.make();
  world.done("PutAccountPolicy", {{"policyName", "i"},
                                  {"policyType", "FIELD_INDEX_POLICY"},
                                  {"policyDocument", R"({"Fields":["requestId"]})"},
                                  {"selectionCriteria", "LogGroupNamePrefix IN [\"/sh\"]"}});
  const Object ask{{"logGroupIdentifiers", Array{"/shop"}}};
  EXPECT_EQ(text_or(array_at(world.done("DescribeIndexPolicies", ask), "indexPolicies")[0], "source"), "ACCOUNT");
  world.done("PutIndexPolicy",
             {{"logGroupIdentifier", "/shop"}, {"policyDocument", R"({"Fields":["user"],"FieldsV2":{"code":{"type":"FACET"}}})"}});
  EXPECT_EQ(text_or(array_at(world.done("DescribeIndexPolicies", ask), "indexPolicies")[0], "source"), "LOG_GROUP");
  EXPECT_EQ(array_at(world.done("DescribeFieldIndexes", ask), "fieldIndexes").size(), 7u);
  EXPECT_EQ(array_at(world.done("ListLogGroups", {{"fieldIndexNames", Array{"user"}}}), "logGroups").size(), 1u);
  EXPECT_EQ(array_at(world.done("ListLogGroups", {{"fieldIndexNames", Array{"requestId"}}}), "logGroups").size(), 0u);
  EXPECT_EQ(world.refused("PutIndexPolicy", {{"logGroupIdentifier", "/shop"}, {"policyDocument", "{}"}}), "InvalidParameterException");
}

TEST(AccountPolicies, ArePutListedAndDeleted) {
  World world;
  world.make();
  world.done("PutAccountPolicy", {{"policyName", "p"}, {"policyType", "DATA_PROTECTION_POLICY"}, {"policyDocument", mask_mail}});
  world.put({event(now_ms, "a@b.cc")});
  EXPECT_EQ(messages(world.done("FilterLogEvents", {{"logGroupName", "/shop"}})), (Messages{"******"}));
  EXPECT_EQ(
      world.refused("PutAccountPolicy", {{"policyName", "q"}, {"policyType", "DATA_PROTECTION_POLICY"}, {"policyDocument", mask_mail}}),
      "LimitExceededException");
  EXPECT_EQ(array_at(world.done("DescribeAccountPolicies", {{"policyType", "DATA_PROTECTION_POLICY"}}), "accountPolicies").size(), 1u);
  world.done("DeleteAccountPolicy", {{"policyName", "p"}, {"policyType", "DATA_PROTECTION_POLICY"}});
  EXPECT_EQ(world.refused("DeleteAccountPolicy", {{"policyName", "p"}, {"policyType", "DATA_PROTECTION_POLICY"}}),
            "ResourceNotFoundException");
}

TEST(ResourcePolicies, ArePutListedAndDeleted) {
  World world;
  const std::string policy =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"route53.amazonaws.com"},"Action":"logs:PutLogEvents","Resource":"*"}]})";
  world.done("PutResourcePolicy", {{"policyName", "r"}, {"policyDocument", policy}});
  EXPECT_EQ(text_or(array_at(world.done("DescribeResourcePolicies", {}), "resourcePolicies")[0], "policyDocument"), policy);
  EXPECT_EQ(world.refused("PutResourcePolicy", {{"policyName", "r"}, {"policyDocument", "nonsense"}}), "InvalidParameterException");
  world.done("DeleteResourcePolicy", {{"policyName", "r"}});
  EXPECT_EQ(world.refused("DeleteResourcePolicy", {{"policyName", "r"}}), "ResourceNotFoundException");
}

TEST(Groups, AreProtectedFromDeletionAndListed) {
  World world;
  world.done("CreateLogGroup",
             {{"logGroupName", "/shop"}, {"deletionProtectionEnabled", true}, {"kmsKeyId", "key"}, {"tags", Object{{"team", "pay"}}}});
  EXPECT_EQ(world.refused("DeleteLogGroup", {{"logGroupName", "/shop"}}), "ValidationException");
  EXPECT_EQ(text_or(array_at(world.done("DescribeLogGroups", {}), "logGroups")[0], "kmsKeyId"), "key");
  world.done("PutLogGroupDeletionProtection", {{"logGroupIdentifier", group_arn}, {"deletionProtectionEnabled", false}});
  EXPECT_EQ(array_at(world.done("ListLogGroups", {{"logGroupNamePattern", "^/sh|none"}}), "logGroups").size(), 1u);
  EXPECT_EQ(array_at(world.done("ListLogGroups", {{"logGroupNamePattern", "^hop"}}), "logGroups").size(), 0u);
  EXPECT_EQ(array_at(world.done("ListLogGroups", {{"logGroupTags", Array{Object{{"key", "team"}, {"values", Array{"pay"}}}}}}), "logGroups")
                .size(),
            1u);
  world.done("TagLogGroup", {{"logGroupName", "/shop"}, {"tags", Object{{"tier", "1"}}}});
  world.done("UntagLogGroup", {{"logGroupName", "/shop"}, {"tags", Array{"team"}}});
  EXPECT_EQ(to_json(world.done("ListTagsLogGroup", {{"logGroupName", "/shop"}})), R"({"tags":{"tier":"1"}})");
  world.done("DeleteLogGroup", {{"logGroupName", "/shop"}});
}

TEST(Groups, OfInfrequentAccessCanOnlyBeQueried) {
  World world;
  world.done("CreateLogGroup", {{"logGroupName", "/cold"}, {"logGroupClass", "INFREQUENT_ACCESS"}});
  world.done("CreateLogStream", {{"logGroupName", "/cold"}, {"logStreamName", "a"}});
  EXPECT_EQ(world.refused("GetLogEvents", {{"logGroupName", "/cold"}, {"logStreamName", "a"}}), "InvalidParameterException");
  EXPECT_EQ(world.refused("PutTransformer", {{"logGroupIdentifier", "/cold"}, {"transformerConfig", *parse_json(R"([{"parseJSON":{}}])")}}),
            "InvalidOperationException");
}

TEST(FilterLogEvents, GoesBackFromTheNewest) {
  World world;
  world.make();
  world.put({event(now_ms - 3, "1"), event(now_ms - 2, "2"), event(now_ms - 1, "3")});
  Object ask{{"logGroupName", "/shop"}, {"limit", 2}, {"startFromHead", false}, {"startTime", now_ms - 1000}};
  const Document page = world.done("FilterLogEvents", ask);
  EXPECT_EQ(messages(page), (Messages{"3", "2"}));
  ask["nextToken"] = text_or(page, "nextToken");
  ask.erase("startFromHead");
  EXPECT_EQ(messages(world.done("FilterLogEvents", ask)), (Messages{"1"}));
  EXPECT_EQ(world.refused("FilterLogEvents", {{"logGroupName", "/shop"}, {"startFromHead", false}}), "InvalidParameterException");
}

TEST(Exports, WriteAGroupAsGzippedFiles) {
  World world;
  world.make();
  world.put({event(now_ms - 2, "one"), event(now_ms - 1, "two")});
  const std::string id = text_or(
      world.done("CreateExportTask",
                 {{"logGroupName", "/shop"}, {"from", now_ms - 1000}, {"to", now_ms}, {"destination", "bucket"}, {"taskName", "t"}}),
      "taskId");
  world.pass(1s);
  const Document done = array_at(world.done("DescribeExportTasks", {{"taskId", id}}), "exportTasks")[0];
  EXPECT_EQ(text_or(*find(done, "status"), "code"), "COMPLETED");
  EXPECT_EQ(*wire::gunzip(world.files.at("bucket/exportedlogs/" + id + "/a/000000.gz"), 1 << 20),
            "2025-10-09T08:53:19.998Z one\n2025-10-09T08:53:19.999Z two\n");
  EXPECT_EQ(world.refused("CancelExportTask", {{"taskId", id}}), "InvalidOperationException");
  EXPECT_EQ(world.refused("CreateExportTask", {{"logGroupName", "/shop"}, {"from", 2}, {"to", 1}, {"destination", "bucket"}}),
            "InvalidParameterException");
  EXPECT_EQ(world.refused("CreateExportTask", {{"logGroupName", "/shop"}, {"from", 1}, {"to", 2}, {"destination", "../out"}}),
            "InvalidParameterException");
}

TEST(Deliveries, JoinASourceToADestination) {
  World world;
  world.make();
  world.done(
      "PutDeliverySource",
      {{"name", "src"}, {"resourceArn", "arn:aws:bedrock:eu-west-1:111122223333:knowledge-base/k"}, {"logType", "APPLICATION_LOGS"}});
  const Document made = world.done("PutDeliveryDestination",
                                   {{"name", "dst"}, {"deliveryDestinationConfiguration", Object{{"destinationResourceArn", group_arn}}}});
  const std::string arn = text_or(*find(made, "deliveryDestination"), "arn");
  EXPECT_EQ(text_or(*find(made, "deliveryDestination"), "deliveryDestinationType"), "CWL");
  const Document delivery =
      world.done("CreateDelivery", {{"deliverySourceName", "src"}, {"deliveryDestinationArn", arn}, {"tags", Object{{"a", "b"}}}});
  const std::string id = text_or(*find(delivery, "delivery"), "id");
  EXPECT_EQ(world.refused("DeleteDeliverySource", {{"name", "src"}}), "ConflictException");
  EXPECT_EQ(to_json(world.done("ListTagsForResource", {{"resourceArn", text_or(*find(delivery, "delivery"), "arn")}})),
            R"({"tags":{"a":"b"}})");
  world.done("DeleteDelivery", {{"id", id}});
  EXPECT_EQ(world.refused("GetDelivery", {{"id", id}}), "ResourceNotFoundException");
  world.done("DeleteDeliverySource", {{"name", "src"}});
  world.done("DeleteDeliveryDestination", {{"name", "dst"}});
}

TEST(LiveTail, ShowsWhatComesAndRefusesWhatIsNotThere) {
  World world;
  world.make();
  EXPECT_EQ(world.refused("StartLiveTail", {{"logGroupIdentifiers", Array{"/shop"}}}), "InvalidParameterException");
  EXPECT_EQ(world.refused("StartLiveTail", {{"logGroupIdentifiers", Array{Document(group_arn + "x")}}}), "ResourceNotFoundException");
  const auto broken = world.ask("StartLiveTail", {{"logGroupIdentifiers", Array{Document(group_arn)}}, {"logEventFilterPattern", "\"\""}});
  EXPECT_EQ(broken.error().message, "Invalid filter pattern: Invalid character(s) in term '\"\"'");
  const Document answer =
      world.done("StartLiveTail", {{"logGroupIdentifiers", Array{Document(group_arn)}}, {"logEventFilterPattern", "ERROR"}});
  const auto stream = world.streams.take(text_or(answer, "responseStream"));
  ASSERT_TRUE(stream);
  stream->take();
  world.put({event(now_ms, "ERROR one")});
  world.pass(300ms);
  EXPECT_NE(stream->take()->find("ERROR one"), std::string::npos);
}

}  // namespace
}  // namespace tocsin::api::logs_test
