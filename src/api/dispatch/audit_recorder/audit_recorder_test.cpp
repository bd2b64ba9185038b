#include "api/dispatch/audit_recorder/audit_recorder.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/dispatch/audit_recorder/recorded_call.h"
#include "base/simulated_executor.h"
#include "base/text_time.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::api {
namespace {

const Scope shop{"111122223333", "eu-west-1"};

struct World {
  ManualClock clock{*parse_amz_date("20261124T070000Z")};
  SimulatedExecutor executor{clock};
  SeededRandom random{11};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  events::Journal journal{state, random};
  telemetry::AuditTrail trail{state};
  AuditRecorder recorder{trail, journal, random, state};

  World() { EXPECT_TRUE(journal.migrate() && trail.migrate()); }

  std::vector<EventEnvelope> events() {
    std::vector<EventEnvelope> out;
    in_unit([&] { out = journal.between(shop, clock.now() - std::chrono::hours(1), clock.now() + std::chrono::hours(1), 100); });
    return out;
  }
  void in_unit(std::function<void()> work) {
    state.submit([&]() -> Result<void> {
      work();
      return {};
    });
    executor.run_ready();
  }
  Call call(const char* service, const char* operation, const char* input) {
    return {.service = service,
            .operation = operation,
            .input = *parse_json(input),
            .principal = {.kind = PrincipalKind::user,
                          .account = shop.account,
                          .arn = "arn:aws:iam::111122223333:user/ann",
                          .principal_id = "AIDAX",
                          .name = "ann",
                          .access_key_id = "AKIAX"},
            .scope = shop,
            .now = clock.now(),
            .request_id = "request-1",
            .source_ip = "10.0.0.7",
            .user_agent = "aws-cli/2.31"};
  }
  /// The newest record after the call was answered so.
  Document record_of(const Call& call, const Reply& reply) {
    Document out;
    in_unit([&] {
      recorder.record(call, reply);
      const auto page = trail.lookup(shop, {.count_max = 1});
      if (!page.records.empty()) out = page.records.front().record;
    });
    return out;
  }
};

TEST(AuditRecorder, AChangeIsRecordedAndIsAnEvent) {
  World world;
  const Document record = world.record_of(world.call("sns", "CreateTopic", R"({"Name":"pages","Attributes":{"DisplayName":"Pages"}})"),
                                          Document(Object{{"TopicArn", "arn:aws:sns:eu-west-1:111122223333:pages"}}));
  EXPECT_EQ(to_json(record).substr(0, 25), R"({"eventVersion":"1.11","u)");
  EXPECT_EQ(
      to_json(*find(record, "userIdentity")),
      R"({"type":"IAMUser","principalId":"AIDAX","arn":"arn:aws:iam::111122223333:user/ann","accountId":"111122223333","accessKeyId":"AKIAX","userName":"ann"})");
  EXPECT_EQ(to_json(*find(record, "requestParameters")), R"({"name":"pages","attributes":{"DisplayName":"Pages"}})");
  EXPECT_EQ(to_json(*find(record, "responseElements")), R"({"topicArn":"arn:aws:sns:eu-west-1:111122223333:pages"})");
  EXPECT_EQ(text_or(record, "eventTime"), "2026-11-24T07:00:00Z");
  EXPECT_EQ(text_or(record, "eventSource"), "sns.amazonaws.com");
  EXPECT_EQ(to_json(*find(record, "resources")),
            R"([{"ARN":"arn:aws:sns:eu-west-1:111122223333:pages","accountId":"111122223333","type":"AWS::SNS::Topic"}])");
  ASSERT_EQ(world.events().size(), 1u);
  EXPECT_EQ(world.events()[0].type, "AWS API Call via CloudTrail");
  EXPECT_EQ(world.events()[0].source, "aws.sns");
}

TEST(AuditRecorder, AReadIsRecordedWithoutItsAnswerAndIsNoEvent) {
  World world;
  const Document record = world.record_of(world.call("cloudwatch", "DescribeAlarms", R"({"AlarmNames":["high"]})"),
                                          Document(Object{{"MetricAlarms", Array{}}}));
  EXPECT_TRUE(find(record, "responseElements")->is_null());
  EXPECT_TRUE(truth_or(record, "readOnly", false));
  EXPECT_EQ(text_or(record, "eventSource"), "monitoring.amazonaws.com");
  EXPECT_TRUE(world.events().empty());
}

TEST(AuditRecorder, ARefusedCallIsRecordedWithItsError) {
  World world;
  const Document record = world.record_of(world.call("sns", "DeleteTopic", R"({"TopicArn":"arn:aws:sns:eu-west-1:111122223333:pages"})"),
                                          refuse("AuthorizationError", "User: ann is not authorized"));
  EXPECT_EQ(text_or(record, "errorCode"), "AuthorizationError");
  EXPECT_TRUE(find(record, "responseElements")->is_null());
}

TEST(AuditRecorder, SecretsAreHidden) {
  World world;
  const std::string text =
      to_json(world.record_of(world.call("ssm", "PutParameter", R"({"Name":"/db","Type":"SecureString","Value":"hunter2"})"),
                              Document(Object{{"Version", 1}}))) +
      to_json(world.record_of(world.call("iam", "CreateAccessKey", "{}"),
                              Document(Object{{"AccessKey", Object{{"AccessKeyId", "AKIA1"}, {"SecretAccessKey", "hunter2"}}}}))) +
      to_json(world.record_of(world.call("ssm", "SendCommand", R"({"Parameters":{"commands":["echo hunter2"]}})"), Document(Object{}))) +
      to_json(world.record_of(world.call("sts", "AssumeRole", "{}"),
                              Document(Object{{"Credentials", Object{{"SecretAccessKey", "hunter2"}, {"SessionToken", "hunter2"}}}})));
  EXPECT_EQ(text.find("hunter2"), std::string::npos);
  EXPECT_NE(text.find("HIDDEN_DUE_TO_SECURITY_REASONS"), std::string::npos);
}

TEST(AuditRecorder, DataEventsAndUnknownCallersAreNotRecorded) {
  World world;
  EXPECT_TRUE(world.record_of(world.call("sns", "Publish", R"({"Message":"m"})"), Document(Object{})).is_null());
  Call nobody = world.call("sts", "AssumeRoleWithWebIdentity", "{}");
  nobody.scope = {};
  EXPECT_TRUE(world.record_of(nobody, Document(Object{})).is_null());
}

TEST(AuditRecorder, BlobsMomentsAndGreatInputsAreShownAsText) {
  World world;
  Call call = world.call("ssm", "X", "{}");
  call.input = Object{{"Blob", std::string("\xff\xfe", 2)}, {"StartTime", to_ns(world.clock.now())}};
  EXPECT_EQ(to_json(*find(world.record_of(call, Document(Object{})), "requestParameters")),
            R"({"blob":"//4=","startTime":"2026-11-24T07:00:00.000Z"})");
  call.input = Object{{"Content", std::string(200'000, 'x')}};
  world.clock.advance(std::chrono::seconds(1));
  call.now = world.clock.now();
  EXPECT_TRUE(truth_or(*find(world.record_of(call, Document(Object{})), "requestParameters"), "omitted", false));
}

TEST(AuditRecorder, ARoleSessionNamesItsRole) {
  World world;
  Call call = world.call("sns", "DeleteTopic", "{}");
  call.principal = {.kind = PrincipalKind::assumed_role,
                    .account = shop.account,
                    .arn = "arn:aws:sts::111122223333:assumed-role/ops/night",
                    .principal_id = "AROAX:night",
                    .name = "ops",
                    .session_name = "night",
                    .access_key_id = "ASIAX",
                    .session_started = world.clock.now()};
  const Document record = world.record_of(call, Document(Object{}));
  const Document* issuer = find(find(find(record, "userIdentity"), "sessionContext"), "sessionIssuer");
  ASSERT_TRUE(issuer);
  EXPECT_EQ(text_or(*issuer, "principalId"), "AROAX");
  EXPECT_EQ(text_or(*issuer, "arn"), "arn:aws:iam::111122223333:role/ops");
}

TEST(RecordedCall, ReadsAreToldByTheirNames) {
  EXPECT_TRUE(is_read_only("sns", "ListTopics"));
  EXPECT_TRUE(is_read_only("logs", "StartQuery"));
  EXPECT_FALSE(is_read_only("ssm", "StartSession"));
  EXPECT_FALSE(is_read_only("sns", "CreateTopic"));
  EXPECT_FALSE(is_management_call("cloudwatch", "PutMetricData"));
}

TEST(AuditRecorder, WhatWasReadWhileNothingCouldBeWrittenIsRecordedLater) {
  World world;
  const Call call = world.call("sns", "ListTopics", "{}");
  EXPECT_TRUE(world.recorder.postpone(call, Document(Object{})));
  EXPECT_TRUE(world.recorder.postpone(world.call("sns", "Publish", "{}"), Document(Object{}))) << "what is never recorded need not wait";
  world.clock.advance(std::chrono::minutes(5));
  world.executor.run_for(std::chrono::seconds(2));
  telemetry::AuditPage page;
  world.in_unit([&] { page = world.trail.lookup(shop, {}); });
  ASSERT_EQ(page.records.size(), 1u);
  EXPECT_EQ(page.records[0].event_name, "ListTopics");
  EXPECT_EQ(text_or(page.records[0].record, "eventTime"), "2026-11-24T07:00:00Z") << "when it was, not when it was written";
  EXPECT_EQ(text_or(*find(page.records[0].record, "addendum"), "reason"), "DELIVERY_DELAY");
}

TEST(AuditRecorder, RecordsThatWaitAreBoundedAndThenNoCallIsPromised) {
  World world;
  Call call = world.call("sns", "ListTopics", "{}");
  call.user_agent = std::string(1000, 'x');
  int promised = 0;
  while (promised < 100'000 && world.recorder.postpone(call, Document(Object{}))) ++promised;
  EXPECT_GT(promised, 500);
  EXPECT_LT(promised, 10'000);
}

}  // namespace
}  // namespace tocsin::api
