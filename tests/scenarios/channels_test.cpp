// The ways to people on the whole server, in virtual time: gateways of the configuration, chat by Chatbot's operations, a storm.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "delivery/gateways/gateway_address.h"
#include "scenarios/outage.h"

namespace tocsin::scenarios {
namespace {

using namespace std::chrono_literals;
using simulation::World;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr const char* first_provider = "https://first.example/2010-04-01/Accounts/AC1/Messages.json";
constexpr const char* second_provider = "https://second.example/2010-04-01/Accounts/AC2/Messages.json";
constexpr const char* slack_hook = "https://hooks.slack.com/services/secret";
constexpr const char* role = "arn:aws:iam::111122223333:role/chat";

simulation::WorldOptions with_gateways() {
  return {.configure = [](server::ServerConfig& config) {
    config.sms = {"twilio://AC1:secret1@first.example?from=%2B15550100", "twilio://AC2:{ssm:/sms/token}@second.example?from=%2B15550101"};
    config.chat = {std::string("T0SHOP=slack:") + slack_hook + ";name=Shop"};
    config.push = {"ntfy=ntfy:https://ntfy.example"};
  }};
}

/// A contact whose one channel is active, paged for five minutes.
std::string person(World& world, const std::string& alias, const std::string& type, const std::string& address,
                   const std::function<std::string()>& code) {
  const std::string contact =
      text_or(world.call("ssm-contacts", "CreateContact", {{"Alias", alias}, {"Type", "PERSONAL"}, {"Plan", Object{{"Stages", Array{}}}}}),
              "ContactArn");
  const std::string channel =
      text_or(world.call("ssm-contacts", "CreateContactChannel",
                         {{"ContactId", contact}, {"Name", type}, {"Type", type}, {"DeliveryAddress", Object{{"SimpleAddress", address}}}}),
              "ContactChannelArn");
  world.fast_forward(2s);
  world.call("ssm-contacts", "ActivateContactChannel", {{"ContactChannelId", channel}, {"ActivationCode", code()}});
  const Object target{{"ChannelTargetInfo", Object{{"ContactChannelId", channel}, {"RetryIntervalInMinutes", 0}}}};
  world.call("ssm-contacts", "UpdateContact",
             {{"ContactId", contact}, {"Plan", Object{{"Stages", Array{Object{{"DurationInMinutes", 5}, {"Targets", Array{target}}}}}}}});
  return contact;
}

std::string sms_code(World& world, const char* provider) {
  const auto sent = world.webhooks.received(provider);
  const std::string text = sent.empty() ? "" : delivery::read_form(sent.back().body)["Body"];
  const auto at = text.find(" is ");
  return at == std::string::npos ? "000000" : text.substr(at + 4, 6);
}

std::string plan(World& world, const std::string& name, const std::string& contact, int impact, const std::string& topic = {}) {
  world.call("ssm-incidents", "CreateReplicationSet", {{"regions", Object{{world.client().region, Object{}}}}});
  Object input{{"name", name},
               {"incidentTemplate", Object{{"title", "Checkout errors"}, {"impact", impact}}},
               {"engagements", Array{Document(contact)}}};
  if (!topic.empty()) input["chatChannel"] = Object{{"chatbotSns", Array{Document(topic)}}};
  return text_or(world.call("ssm-incidents", "CreateResponsePlan", input), "arn");
}

TEST(Channels, AProviderThatIsDownIsPassedOverForTheNextWhoseTokenIsAParameter) {
  World world(81, with_gateways());
  world.call("ssm", "PutParameter", {{"Name", "/sms/token"}, {"Value", "secret2"}, {"Type", "SecureString"}});
  world.fast_forward(61s);
  world.webhooks.status_of[first_provider] = 503;
  const std::string alice = person(world, "alice", "SMS", "+491701234567", [&] { return sms_code(world, second_provider); });
  world.call("ssm-contacts", "StartEngagement", {{"ContactId", alice}, {"Sender", "me"}, {"Subject", "checkout errors"}, {"Content", "x"}});
  world.fast_forward(2s);
  const auto sent = world.webhooks.received(second_provider);
  ASSERT_THAT(sent, SizeIs(2));
  const auto form = delivery::read_form(sent[1].body);
  EXPECT_EQ(form.at("To"), "+491701234567");
  EXPECT_THAT(form.at("Body"), HasSubstr("checkout errors"));
  EXPECT_THAT(world.webhooks.received(first_provider), IsEmpty());
}

TEST(Channels, WhatNoGatewayIsThereForIsRefused) {
  World world(82);
  const std::string contact =
      text_or(world.call("ssm-contacts", "CreateContact", {{"Alias", "a"}, {"Type", "PERSONAL"}, {"Plan", Object{{"Stages", Array{}}}}}),
              "ContactArn");
  const auto refused =
      world.try_call(world.client(), "ssm-contacts", "CreateContactChannel",
                     {{"ContactId", contact}, {"Name", "x"}, {"Type", "VOICE"}, {"DeliveryAddress", Object{{"SimpleAddress", "+4917"}}}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "ValidationException");
}

TEST(Channels, AChatChannelHearsOfItsTopicAndItsIncidentsAndAcknowledges) {
  World world(83, with_gateways());
  const std::string topic = "arn:aws:sns:eu-west-1:111122223333:ops";
  world.call("sns", "CreateTopic", {{"Name", "ops"}});
  const Document made = world.call("chatbot", "CreateSlackChannelConfiguration",
                                   {{"SlackTeamId", "T0SHOP"},
                                    {"SlackChannelId", "C0OPS"},
                                    {"ConfigurationName", "ops"},
                                    {"IamRoleArn", role},
                                    {"SnsTopicArns", Array{Document(topic)}}});
  const Object& shown = object_at(made, "ChannelConfiguration");
  EXPECT_EQ(text_or(shown, "ChatConfigurationArn"), "arn:aws:chatbot::111122223333:chat-configuration/slack-channel/ops");
  EXPECT_EQ(text_or(shown, "SlackTeamName"), "Shop");
  EXPECT_EQ(text_or(shown, "State"), "ENABLED");
  EXPECT_EQ(to_json(made).find("secret"), std::string::npos);
  const auto twice =
      world.try_call(world.client(), "chatbot", "CreateSlackChannelConfiguration",
                     {{"SlackTeamId", "T0SHOP"}, {"SlackChannelId", "C0OPS"}, {"ConfigurationName", "ops"}, {"IamRoleArn", role}});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, "ConflictException");
  EXPECT_EQ(twice.error().status, 409);

  world.call("sns", "Publish",
             {{"TopicArn", topic}, {"Message", R"({"version":"1.0","source":"custom","content":{"title":"Deploy","description":"v42"}})"}});
  world.fast_forward(2s);
  ASSERT_THAT(world.webhooks.received(slack_hook), SizeIs(1));
  EXPECT_THAT(world.webhooks.received(slack_hook)[0].body, HasSubstr("Deploy"));

  const std::string alice =
      person(world, "alice", "EMAIL", "alice@shop.example", [&] { return world.mail.find("alice@shop.example").back().code(); });
  world.call("ssm-incidents", "StartIncident", {{"responsePlanArn", plan(world, "shop", alice, 2, topic)}, {"title", "Checkout errors"}});
  world.fast_forward(10s);
  const auto posted = world.webhooks.received(slack_hook);
  ASSERT_GE(posted.size(), 2u);
  EXPECT_THAT(posted[1].body, HasSubstr("SEV2 Checkout errors"));
  const auto at = posted[1].body.find(std::string(World::url) + "/c/");
  ASSERT_NE(at, std::string::npos);
  const std::string link = posted[1].body.substr(at, std::string(World::url).size() + 3 + 43);
  EXPECT_THAT(world.get(link).body, HasSubstr("Acknowledge</button>"));
  EXPECT_EQ(world.post_form(link).status, 200);
  world.fast_forward(2s);
  EXPECT_THAT(world.webhooks.received(slack_hook).back().body, HasSubstr("alice acknowledged in chat"));
  EXPECT_EQ(world.post_form(link).status, 409) << "there is nothing left to acknowledge";
}

TEST(Channels, AConfigurationOfAnUnknownWorkspaceSaysSo) {
  World world(84, with_gateways());
  const Document made = world.call("chatbot", "CreateMicrosoftTeamsChannelConfiguration",
                                   {{"TenantId", "11111111-2222-3333-4444-555555555555"},
                                    {"TeamId", "11111111-2222-3333-4444-666666666666"},
                                    {"ChannelId", "19%3Aabc%40thread.tacv2"},
                                    {"ConfigurationName", "teams"},
                                    {"IamRoleArn", role}});
  EXPECT_EQ(text_or(object_at(made, "ChannelConfiguration"), "State"), "DISABLED");
  EXPECT_THAT(text_or(object_at(made, "ChannelConfiguration"), "StateReason"), HasSubstr("No setting 'chat'"));
  const std::string arn = text_or(object_at(made, "ChannelConfiguration"), "ChatConfigurationArn");
  EXPECT_THAT(array_at(world.call("chatbot", "ListMicrosoftTeamsChannelConfigurations"), "TeamChannelConfigurations"), SizeIs(1));
  world.call("chatbot", "DeleteMicrosoftTeamsChannelConfiguration", {{"ChatConfigurationArn", arn}});
  const auto gone = world.try_call(world.client(), "chatbot", "DeleteMicrosoftTeamsChannelConfiguration", {{"ChatConfigurationArn", arn}});
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, "ResourceNotFoundException");
}

TEST(Channels, AStormOfAlarmsIsAHandfulOfMailsThatCanAllBeRead) {
  constexpr int alarms = 200;
  World world(85);
  const std::string alice =
      person(world, "alice", "EMAIL", "alice@shop.example", [&] { return world.mail.find("alice@shop.example").back().code(); });
  const std::string shop = plan(world, "shop", alice, 2);
  for (int i = 0; i < alarms; ++i)
    world.call("cloudwatch", "PutMetricAlarm",
               {{"AlarmName", "alarm-" + std::to_string(i)},
                {"Namespace", "Shop"},
                {"MetricName", "Errors"},
                {"Statistic", "Sum"},
                {"Period", 60},
                {"EvaluationPeriods", 1},
                {"Threshold", 1},
                {"ComparisonOperator", "GreaterThanThreshold"},
                {"TreatMissingData", "notBreaching"},
                {"AlarmActions", Array{Document(shop)}}});
  world.mail.empty();
  world.call("cloudwatch", "PutMetricData",
             {{"Namespace", "Shop"}, {"MetricData", Array{Object{{"MetricName", "Errors"}, {"Value", 50}}}}});
  const Instant begun = world.now();
  ASSERT_TRUE(world.wait_until([&] { return !world.mail.all().empty(); }, 3min));
  const Instant first = world.mail.all().front().at;
  world.fast_forward(10min);
  const auto mails = world.mail.find("alice@shop.example");
  EXPECT_LE(mails.size(), 5u);
  EXPECT_LE(first - begun, 130s);
  EXPECT_THAT(mails.back().subject, HasSubstr("more pages"));
  std::size_t pages = 0;
  std::string token;
  do {
    Object input{{"ContactId", alice}, {"MaxResults", 100}};
    if (!token.empty()) input["NextToken"] = token;
    const Document answer = world.call("ssm-contacts", "ListPagesByContact", input);
    pages += array_at(answer, "Pages").size();
    token = text_or(answer, "NextToken");
  } while (!token.empty());
  EXPECT_EQ(pages, static_cast<std::size_t>(alarms));
}

}  // namespace
}  // namespace tocsin::scenarios
