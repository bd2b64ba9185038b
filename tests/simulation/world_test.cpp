// The simulated world itself: what the stories rely on.
#include "simulation/world.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace tocsin::simulation {
namespace {

using namespace std::chrono_literals;

TEST(World, CallsOfEveryProtocolAreAnswered) {
  World world(1);
  EXPECT_NE(text_or(world.call("sts", "GetCallerIdentity"), "Xml").find(world.client().account), std::string::npos);
  world.call("ssm", "PutParameter", {{"Name", "/a"}, {"Value", "1"}, {"Type", "String"}});
  EXPECT_EQ(text_or(object_at(world.call("ssm", "GetParameter", {{"Name", "/a"}}), "Parameter"), "Value"), "1");
  EXPECT_TRUE(array_at(world.call("cloudwatch", "DescribeAlarms"), "MetricAlarms").empty());
  EXPECT_TRUE(world.call("ssm-incidents", "ListResponsePlans").is_object());
}

TEST(World, WhatWasAnsweredIsThereAfterAPowerCutAndAfterARestart) {
  World world(2);
  world.call("ssm", "PutParameter", {{"Name", "/a"}, {"Value", "1"}, {"Type", "String"}});
  world.crash();
  world.call("ssm", "PutParameter", {{"Name", "/b"}, {"Value", "2"}, {"Type", "String"}});
  world.restart();
  for (const char* name : {"/a", "/b"}) EXPECT_TRUE(world.try_call(world.client(), "ssm", "GetParameter", {{"Name", name}})) << name;
}

TEST(World, AHostRunsWhatItIsToldAndComesBackAfterAPowerCut) {
  World world(3);
  FakeHost& host = world.add_host("shop-1");
  host.shell = [](const std::string& script) { return "ran " + script; };
  for (int i = 0; i < 2; ++i) {
    const Document sent = world.call("ssm", "SendCommand",
                                     {{"DocumentName", "AWS-RunShellScript"},
                                      {"InstanceIds", Array{Document(host.instance_id())}},
                                      {"Parameters", Object{{"commands", Array{"uptime"}}}}});
    const std::string id(*text_at(*find(sent, "Command"), "CommandId"));
    world.fast_forward(5s);
    const Document invocation = world.call("ssm", "GetCommandInvocation", {{"CommandId", id}, {"InstanceId", host.instance_id()}});
    EXPECT_EQ(text_or(invocation, "Status"), "Success");
    EXPECT_EQ(text_or(invocation, "StandardOutputContent"), "ran uptime\n");
    world.crash();
    EXPECT_TRUE(world.wait_until([&] { return host.connected(); }, 30s));
  }
}

}  // namespace
}  // namespace tocsin::simulation
