#include "access/permissions/required_permission.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace tocsin::access {
namespace {

const Scope scope{"111122223333", "eu-west-1"};

struct Line {
  const char* service;
  const char* operation;
  const char* input;
  const char* action;
  const char* resource;
};

TEST(RequiredPermission, ServiceByService) {
  const Line lines[] = {
      {"sns", "Publish", R"({"TopicArn":"arn:aws:sns:eu-west-1:1:t"})", "sns:Publish", "arn:aws:sns:eu-west-1:1:t"},
      {"sns", "PublishBatch", R"({"TopicArn":"arn:aws:sns:eu-west-1:1:t"})", "sns:Publish", "arn:aws:sns:eu-west-1:1:t"},
      {"sns", "CreateTopic", R"({"Name":"t"})", "sns:CreateTopic", "arn:aws:sns:eu-west-1:111122223333:t"},
      {"sns", "Unsubscribe", R"({"SubscriptionArn":"arn:aws:sns:eu-west-1:1:t:uuid"})", "sns:Unsubscribe", "arn:aws:sns:eu-west-1:1:t"},
      {"sns", "ListTopics", "{}", "sns:ListTopics", "*"},
      {"sqs", "SendMessageBatch", R"({"QueueUrl":"http://localhost:4566/444455556666/q"})", "sqs:SendMessage",
       "arn:aws:sqs:eu-west-1:444455556666:q"},
      {"sqs", "CreateQueue", R"({"QueueName":"q"})", "sqs:CreateQueue", "arn:aws:sqs:eu-west-1:111122223333:q"},
      {"logs", "PutLogEvents", R"({"logGroupName":"/app","logStreamName":"s"})", "logs:PutLogEvents",
       "arn:aws:logs:eu-west-1:111122223333:log-group:/app:log-stream:s"},
      {"logs", "CreateLogGroup", R"({"logGroupName":"/app"})", "logs:CreateLogGroup", "arn:aws:logs:eu-west-1:111122223333:log-group:/app"},
      {"logs", "StartQuery", R"({"logGroupNames":["/app"]})", "logs:StartQuery",
       "arn:aws:logs:eu-west-1:111122223333:log-group:/app:log-stream:"},
      {"cloudwatch", "PutMetricAlarm", R"({"AlarmName":"high"})", "cloudwatch:PutMetricAlarm",
       "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:high"},
      {"cloudwatch", "PutMetricData", R"({"Namespace":"App"})", "cloudwatch:PutMetricData", "*"},
      {"events", "PutRule", R"({"Name":"r"})", "events:PutRule", "arn:aws:events:eu-west-1:111122223333:rule/r"},
      {"events", "PutTargets", R"({"Rule":"r","EventBusName":"b"})", "events:PutTargets", "arn:aws:events:eu-west-1:111122223333:rule/b/r"},
      {"events", "PutEvents", R"({"Entries":[{"Source":"x"}]})", "events:PutEvents",
       "arn:aws:events:eu-west-1:111122223333:event-bus/default"},
      {"events", "PutEvents", R"({"Entries":[{"EventBusName":"b"}]})", "events:PutEvents",
       "arn:aws:events:eu-west-1:111122223333:event-bus/b"},
      {"ssm", "GetParameter", R"({"Name":"/db/password"})", "ssm:GetParameter", "arn:aws:ssm:eu-west-1:111122223333:parameter/db/password"},
      {"ssm", "GetParameter", R"({"Name":"plain"})", "ssm:GetParameter", "arn:aws:ssm:eu-west-1:111122223333:parameter/plain"},
      {"ssm", "DescribeDocument", R"({"Name":"Restart"})", "ssm:DescribeDocument", "arn:aws:ssm:eu-west-1:111122223333:document/Restart"},
      {"ssm", "StartSession", R"({"Target":"mi-1"})", "ssm:StartSession", "arn:aws:ssm:eu-west-1:111122223333:managed-instance/mi-1"},
      {"ssm-incidents", "StartIncident", R"({"responsePlanArn":"arn:aws:ssm-incidents::1:response-plan/p"})", "ssm-incidents:StartIncident",
       "arn:aws:ssm-incidents::1:response-plan/p"},
      {"ssm-contacts", "CreateContact", R"({"Alias":"ann"})", "ssm-contacts:CreateContact",
       "arn:aws:ssm-contacts:eu-west-1:111122223333:contact/ann"},
      {"sts", "AssumeRole", R"({"RoleArn":"arn:aws:iam::1:role/r"})", "sts:AssumeRole", "arn:aws:iam::1:role/r"},
      {"iam", "CreateUser", R"({"UserName":"ann","Path":"/team/"})", "iam:CreateUser", "arn:aws:iam::111122223333:user/team/ann"},
      {"iam", "CreateVirtualMFADevice", R"({"VirtualMFADeviceName":"phone"})", "iam:CreateVirtualMFADevice",
       "arn:aws:iam::111122223333:mfa/phone"},
      {"iam", "EnableMFADevice", R"({"UserName":"ann","SerialNumber":"arn:aws:iam::111122223333:mfa/phone"})", "iam:EnableMFADevice",
       "arn:aws:iam::111122223333:user/ann"},
      {"iam", "CreateOpenIDConnectProvider", R"({"Url":"https://ci.example/shop"})", "iam:CreateOpenIDConnectProvider",
       "arn:aws:iam::111122223333:oidc-provider/ci.example/shop"},
      {"iam", "AddUserToGroup", R"({"UserName":"ann","GroupName":"ops"})", "iam:AddUserToGroup", "arn:aws:iam::111122223333:group/ops"},
      {"iam", "AttachRolePolicy", R"({"RoleName":"r","PolicyArn":"arn:aws:iam::aws:policy/X"})", "iam:AttachRolePolicy",
       "arn:aws:iam::111122223333:role/r"},
      {"cloudtrail", "LookupEvents", "{}", "cloudtrail:LookupEvents", "*"},
  };
  for (const Line& line : lines) {
    const auto required = required_permissions(line.service, line.operation, *parse_json(line.input), scope);
    EXPECT_EQ(required.front().action, line.action);
    EXPECT_EQ(required.front().resources, std::vector<std::string>{line.resource}) << line.service << ' ' << line.operation;
  }
}

TEST(RequiredPermission, ACommandActsOnItsMachinesToo) {
  const auto required =
      required_permissions("ssm", "SendCommand", *parse_json(R"({"DocumentName":"D","InstanceIds":["mi-1","i-2"]})"), scope);
  EXPECT_EQ(required.front().resources.size(), 3u);
}

TEST(RequiredPermission, HandingOverARoleNeedsPassRole) {
  const auto required = required_permissions(
      "events", "PutTargets", *parse_json(R"({"Rule":"r","Targets":[{"Id":"1","RoleArn":"arn:aws:iam::1:role/x"}]})"), scope);
  ASSERT_EQ(required.size(), 2u);
  EXPECT_EQ(required[1].action, "iam:PassRole");
  EXPECT_EQ(required[1].resources.front(), "arn:aws:iam::1:role/x");
  EXPECT_EQ(required[1].passed_to_service, "events.amazonaws.com");
}

TEST(CallContext, TagsAndKeysOfTheInput) {
  const auto context = context_of_input("sts", "AssumeRole", *parse_json(R"({"ExternalId":"42","Tags":[{"Key":"Team","Value":"ops"}]})"));
  EXPECT_EQ(context.at("sts:externalid"), std::vector<std::string>{"42"});
  EXPECT_EQ(context.at("aws:requesttag/team"), std::vector<std::string>{"ops"});
  EXPECT_EQ(context.at("aws:tagkeys"), std::vector<std::string>{"Team"});
}

TEST(CallContext, EventsAndPatternsTellWhatTheyAreAbout) {
  using Values = std::vector<std::string>;
  const auto sent = context_of_input("events", "PutEvents", *parse_json(R"({"Entries":[{"Source":"a","DetailType":"t"},{"Source":"b"}]})"));
  EXPECT_EQ(sent.at("events:source"), (Values{"a", "b"}));
  EXPECT_EQ(sent.at("events:detail-type"), Values{"t"});
  EXPECT_EQ(sent.at("events:eventbusinvocation"), Values{"false"});
  const auto rule = context_of_input("events", "PutRule",
                                     *parse_json(R"({"EventPattern":"{\"source\":[\"aws.health\"],\"detail\":{\"service\":[\"EC2\"]}}"})"));
  EXPECT_EQ(rule.at("events:source"), Values{"aws.health"});
  EXPECT_EQ(rule.at("events:detail.service"), Values{"EC2"});
  const auto targets = context_of_input("events", "PutTargets", *parse_json(R"({"Rule":"r","Targets":[{"Id":"1","Arn":"arn:x"}]})"));
  EXPECT_EQ(targets.at("events:targetarn"), Values{"arn:x"});
}

TEST(RequiredPermission, AKeyThatLooksLikeAnArnIsAKey) {
  const auto required = required_permissions("s3", "PutObject", *parse_json(R"({"Bucket":"victim","Key":"arn:aws:s3:::mine/x"})"), scope);
  EXPECT_EQ(required[0].resources, std::vector<std::string>{"arn:aws:s3:::victim/arn:aws:s3:::mine/x"});
}

}  // namespace
}  // namespace tocsin::access
