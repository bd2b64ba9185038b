#include "wire/aws/router.h"

#include <gtest/gtest.h>

#include "wire/aws/request_of_test.h"

namespace tocsin::wire {
namespace {

using namespace test;

class RouterTest : public ::testing::Test {
 protected:
  std::string routed(const HttpRequest& request) {
    const auto route = router_.route(request);
    if (!route) return "error " + route.error().error.code + " " + std::to_string(route.error().error.status);
    std::string text = route->service->name + " " + route->operation->name + " " + std::string(to_text(route->protocol));
    for (const auto& [name, value] : route->labels) text += " " + name + "=" + value;
    return text;
  }
  Router router_{embedded_models()};
};

TEST_F(RouterTest, TargetHeaderChoosesServiceAndOperation) {
  EXPECT_EQ(routed(json_call("AmazonSSM.GetParameter", "{}")), "ssm GetParameter json 1.1");
  EXPECT_EQ(routed(json_call("Logs_20140328.PutLogEvents", "{}")), "logs PutLogEvents json 1.1");
  EXPECT_EQ(routed(json_call("GraniteServiceVersion20100801.PutMetricData", "{}")), "cloudwatch PutMetricData json 1.0");
  EXPECT_EQ(routed(json_call("AmazonSQS.SendMessage", "{}")), "sqs SendMessage json 1.0");
  EXPECT_EQ(routed(json_call("AWSEvents.PutRule", "{}")), "events PutRule json 1.1");
  EXPECT_EQ(routed(json_call("SSMContacts.AcceptPage", "{}")), "ssm-contacts AcceptPage json 1.1");
  EXPECT_EQ(routed(json_call("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents", "{}")),
            "cloudtrail LookupEvents json 1.1");
  EXPECT_EQ(routed(json_call("AWSHealth_20160804.DescribeEvents", "{}")), "health DescribeEvents json 1.1");
}

TEST_F(RouterTest, RpcPathChoosesServiceAndOperation) {
  EXPECT_EQ(routed(cbor_call("GraniteServiceVersion20100801", "DescribeAlarms", "")), "cloudwatch DescribeAlarms rpc-v2-cbor");
  EXPECT_EQ(routed(cbor_call("AWSHealth_20160804", "DescribeEvents", "")), "health DescribeEvents rpc-v2-cbor");
  EXPECT_EQ(routed(cbor_call("GraniteServiceVersion20100801", "Nothing", "")), "error UnknownOperationException 404");
}

TEST_F(RouterTest, QueryGoesByCredentialThenByVersion) {
  EXPECT_EQ(routed(signed_for(query_call("Action=ListUsers&Version=2010-05-08"), "iam")), "iam ListUsers query");
  EXPECT_EQ(routed(query_call("Action=GetCallerIdentity&Version=2011-06-15")), "sts GetCallerIdentity query");
  EXPECT_EQ(routed(signed_for(query_call("Action=PutMetricData&Version=2010-08-01"), "monitoring")), "cloudwatch PutMetricData query");
  EXPECT_EQ(routed(signed_for(query_call("Action=SendMessage&Version=2012-11-05"), "sqs")), "sqs SendMessage query");
}

TEST_F(RouterTest, QueryInTheUrl) {
  EXPECT_EQ(routed(rest_call("GET", "/?Action=ListTopics&Version=2010-03-31", "sns")), "sns ListTopics query");
  HttpRequest link = post({}, "/?Action=ConfirmSubscription&TopicArn=a&Token=b");
  link.method = "GET";
  EXPECT_EQ(routed(link), "sns ConfirmSubscription query");
}

TEST_F(RouterTest, PathsBelongToTheSignedService) {
  EXPECT_EQ(routed(rest_call("GET", "/tags/arn%3Aaws%3Ascheduler%3Aeu%3A1%3Aschedule-group%2Fg", "scheduler")),
            "scheduler ListTagsForResource rest-json ResourceArn=arn:aws:scheduler:eu:1:schedule-group/g");
  EXPECT_EQ(routed(rest_call("GET", "/tags/arn%3Aaws%3Assm-incidents%3A%3A1%3Aresponse-plan%2Fp", "ssm-incidents")),
            "ssm-incidents ListTagsForResource rest-json resourceArn=arn:aws:ssm-incidents::1:response-plan/p");
  EXPECT_EQ(routed(rest_call("POST", "/startIncident", "ssm-incidents")), "ssm-incidents StartIncident rest-json");
  EXPECT_EQ(routed(rest_call("POST", "/TraceSegments", "xray")), "xray PutTraceSegments rest-json");
  EXPECT_EQ(routed(rest_call("PUT", "/schedules/nightly?x=1", "scheduler")), "scheduler UpdateSchedule rest-json Name=nightly");
}

TEST_F(RouterTest, UnknownNamesAreRefusedInTheProtocol) {
  EXPECT_EQ(routed(json_call("AmazonSSM.Fly", "{}")), "error UnknownOperationException 400");
  EXPECT_EQ(routed(json_call("Nobody.Fly", "{}")), "error UnknownOperationException 400");
  EXPECT_EQ(routed(query_call("Action=Fly&Version=2010-05-08")), "error InvalidAction 400");
  EXPECT_EQ(routed(query_call("Action=Fly&Version=1999-01-01")), "error InvalidAction 400");
  EXPECT_EQ(routed(rest_call("GET", "/nowhere", "scheduler")), "error UnknownOperationException 404");
  EXPECT_EQ(routed(post("")), "error MissingAuthenticationToken 403");
}

TEST_F(RouterTest, CredentialScopeIsReadFromHeaderAndPresignedQuery) {
  EXPECT_EQ(credential_service(signed_for(post(""), "logs")), "logs");
  EXPECT_EQ(credential_region(signed_for(post(""), "logs")), "eu-central-1");
  EXPECT_EQ(credential_service(post("", "/?X-Amz-Credential=AKID%2F20261124%2Feu-west-1%2Fsts%2Faws4_request")), "sts");
}

class Nothing final : public HttpHandler {
  void handle(HttpRequest, Respond) override {}
};

TEST_F(RouterTest, ExtraRoutesServeWhatNoModelDescribes) {
  Nothing agents, links;
  router_.add({.by = ExtraRoute::By::target, .prefix = "AmazonSSM.RegisterManagedInstance", .handler = &agents});
  router_.add({.by = ExtraRoute::By::query_action, .prefix = "ConfirmSubscription", .method = "GET", .handler = &links});
  EXPECT_EQ(router_.extra(json_call("AmazonSSM.RegisterManagedInstance", "{}")), &agents);
  EXPECT_EQ(router_.extra(json_call("AmazonSSM.GetParameter", "{}")), nullptr);
  HttpRequest link = post({}, "/?Action=ConfirmSubscription&Token=b");
  EXPECT_EQ(router_.extra(link), nullptr);
  link.method = "GET";
  EXPECT_EQ(router_.extra(link), &links);
}

}  // namespace
}  // namespace tocsin::wire
