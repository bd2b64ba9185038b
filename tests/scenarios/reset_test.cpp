// A server in --dev is emptied, as tests do between two runs.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "scenarios/outage.h"

namespace tocsin::scenarios {
namespace {

using namespace std::chrono_literals;
using simulation::Client;
using simulation::World;
constexpr const char* reset_path = "/_tocsin/reset";

wire::HttpRequest reset_request(const World& world) {
  wire::HttpRequest request{.method = "POST", .target = reset_path, .path = reset_path};
  request.headers.set("Host", world.host());
  request.headers.set("Authorization", "test");
  return request;
}

int reset(World& world) { return world.http(reset_request(world)).status; }

TEST(Reset, ForgetsOtherIdentitiesButNotTheFirst) {
  World world(72, {.dev = true});
  const Client other = world.new_account("444455556666");
  constexpr const char* trust =
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ssm.amazonaws.com"},"Action":"sts:AssumeRole"}})";
  world.call("iam", "CreateUser", {{"UserName", "ann"}});
  world.call("iam", "CreateRole", {{"RoleName", "admin"}, {"AssumeRolePolicyDocument", trust}});
  ASSERT_EQ(reset(world), 200);
  EXPECT_FALSE(world.try_call(world.client(), "iam", "GetUser", {{"UserName", "ann"}}));
  EXPECT_FALSE(world.try_call(world.client(), "iam", "GetRole", {{"RoleName", "admin"}}));
  EXPECT_TRUE(world.try_call(world.client(), "iam", "GetUser", {{"UserName", "admin"}}));
  // what is no key of this server is any key, as the root of account 0
  EXPECT_NE(text_or(world.call(other, "sts", "GetCallerIdentity"), "Xml").find("000000000000"), std::string::npos);
}

TEST(Reset, WhoWaitsIsToldAndAHostHasToRegisterAgain) {
  World world(73, {.dev = true});
  simulation::FakeHost& host = world.add_host("shop-1");
  const std::string url(*text_at(world.call("sqs", "CreateQueue", {{"QueueName", "work"}}), "QueueUrl"));
  std::optional<simulation::ApiAnswer> polled;
  world.start_call(world.client(), "sqs", "ReceiveMessage", {{"QueueUrl", url}, {"WaitTimeSeconds", 20}},
                   [&](simulation::ApiAnswer answer) { polled = std::move(answer); });
  world.fast_forward(1s);
  ASSERT_FALSE(polled);
  ASSERT_EQ(reset(world), 200);
  world.fast_forward(30s);
  ASSERT_TRUE(polled);
  EXPECT_EQ(polled->error().status, 503);
  EXPECT_FALSE(host.connected());
  EXPECT_TRUE(array_at(world.call("ssm", "DescribeInstanceInformation"), "InstanceInformationList").empty());
}

TEST(Reset, IsOfferedToThisMachineInDevOnly) {
  World world(74, {.dev = true});
  wire::HttpRequest request = reset_request(world);
  request.headers.set("Origin", "https://evil.example");
  EXPECT_EQ(world.http(request).status, 403);
  request = reset_request(world);
  request.headers.set("Host", "evil.example");
  EXPECT_EQ(world.http(request).status, 403);
  request = reset_request(world);
  request.headers.set("Authorization", "");
  EXPECT_EQ(world.http(request).status, 403);
  request = reset_request(world);
  request.method = "GET";
  EXPECT_EQ(world.http(request).status, 405);
  World real(75);
  EXPECT_EQ(real.http(reset_request(real)).status, 404);
  wire::HttpRequest signed_request = reset_request(real);
  wire::sigv4::sign(signed_request, real.client().credentials, real.client().region, "sts", real.now());
  EXPECT_EQ(real.http(signed_request).status, 404);
}

}  // namespace
}  // namespace tocsin::scenarios
