// Policies of topics, queues and buses: what our own services may bring to them, and what other accounts may do with them.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "simulation/world.h"

namespace tocsin::simulation {
namespace {

using namespace std::chrono_literals;

constexpr const char* other_account = "444455556666";

struct Story : World {
  explicit Story(std::uint64_t seed, WorldOptions options = {}) : World(seed, std::move(options)) {}

  std::string arn(const char* service, const std::string& name) const {
    return std::string("arn:aws:") + service + ':' + client().region + ':' + client().account + ':' + name;
  }
  std::string queue(const std::string& name) {
    urls_[name] = text_or(call("sqs", "CreateQueue", {{"QueueName", name}}), "QueueUrl");
    return arn("sqs", name);
  }
  std::string topic(const std::string& name) {
    call("sns", "CreateTopic", {{"Name", name}});
    return arn("sns", name);
  }
  /// Lets a service in, from that source; empty: from any.
  Object statement(const std::string& service, const std::string& action, const std::string& resource, const std::string& source) const {
    Object made{{"Effect", "Allow"}, {"Principal", Object{{"Service", service}}}, {"Action", action}, {"Resource", resource}};
    if (!source.empty()) made["Condition"] = Object{{"ArnEquals", Object{{"aws:SourceArn", source}}}};
    return made;
  }
  static std::string policy(Object statement) {
    return to_json(Object{{"Version", "2012-10-17"}, {"Statement", Array{std::move(statement)}}});
  }
  void set_queue_policy(const std::string& name, const std::string& text) {
    call("sqs", "SetQueueAttributes", {{"QueueUrl", urls_[name]}, {"Attributes", Object{{"Policy", text}}}});
  }
  /// The next message of a queue, if there is one.
  Document received(const std::string& name) {
    fast_forward(2s);
    const Document answer = call("sqs", "ReceiveMessage", {{"QueueUrl", urls_[name]}, {"MessageAttributeNames", Array{"All"}}});
    return array_at(answer, "Messages").empty() ? Document() : array_at(answer, "Messages")[0];
  }
  std::string url(const std::string& name) { return urls_[name]; }
  void rule_to(const std::string& target, const std::string& dead_letters = "") {
    call("events", "PutRule", {{"Name", "orders"}, {"EventPattern", R"({"source":["shop"]})"}});
    Object given{{"Id", "1"}, {"Arn", target}};
    if (!dead_letters.empty()) given["DeadLetterConfig"] = Object{{"Arn", dead_letters}};
    call("events", "PutTargets", {{"Rule", "orders"}, {"Targets", Array{given}}});
  }
  void order() { call("events", "PutEvents", {{"Entries", Array{Object{{"Source", "shop"}, {"DetailType", "Order"}, {"Detail", "{}"}}}}}); }

 private:
  std::map<std::string, std::string> urls_;
};

TEST(ResourcePolicies, ARuleThatTakesOnARoleMayWhatTheRoleMay) {
  Story world(61);
  const std::string target = world.queue("orders");
  const auto role_allows = [&](const char* action) {
    return to_json(Object{{"Version", "2012-10-17"}, {"Statement", Object{{"Effect", "Allow"}, {"Action", action}, {"Resource", target}}}});
  };
  const std::string trust =
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sts:AssumeRole"}})";
  world.call("iam", "CreateRole", {{"RoleName", "sender"}, {"AssumeRolePolicyDocument", trust}});
  world.call("events", "PutRule", {{"Name", "orders"}, {"EventPattern", R"({"source":["shop"]})"}});
  world.call(
      "events", "PutTargets",
      {{"Rule", "orders"},
       {"Targets", Array{Object{{"Id", "1"}, {"Arn", target}, {"RoleArn", "arn:aws:iam::" + world.client().account + ":role/sender"}}}}});
  world.order();
  EXPECT_TRUE(world.received("orders").is_null()) << "the role may nothing yet";
  world.call("iam", "PutRolePolicy", {{"RoleName", "sender"}, {"PolicyName", "p"}, {"PolicyDocument", role_allows("sqs:ReceiveMessage")}});
  world.order();
  EXPECT_TRUE(world.received("orders").is_null()) << "it may something else";
  world.call("iam", "PutRolePolicy", {{"RoleName", "sender"}, {"PolicyName", "p"}, {"PolicyDocument", role_allows("sqs:SendMessage")}});
  world.order();
  EXPECT_FALSE(world.received("orders").is_null()) << "the role's own policy is enough within the account";
}

TEST(ResourcePolicies, AScheduleSendsAsTheRoleThatTrustsTheScheduler) {
  Story world(62);
  const std::string queue = world.queue("reports"), dead = world.queue("dead"), topic = world.topic("pages");
  world.call("sns", "Subscribe",
             {{"TopicArn", topic}, {"Protocol", "sqs"}, {"Endpoint", queue}, {"Attributes", Object{{"RawMessageDelivery", "true"}}}});
  const auto trust = [](const char* service) {
    return to_json(
        Object{{"Version", "2012-10-17"},
               {"Statement", Object{{"Effect", "Allow"}, {"Principal", Object{{"Service", service}}}, {"Action", "sts:AssumeRole"}}}});
  };
  world.call("iam", "CreateRole", {{"RoleName", "clock"}, {"AssumeRolePolicyDocument", trust("scheduler.amazonaws.com")}});
  const auto may_send_to = [&](const std::string& resource) {
    world.call("iam", "PutRolePolicy",
               {{"RoleName", "clock"},
                {"PolicyName", "p"},
                {"PolicyDocument",
                 Story::policy({{"Effect", "Allow"}, {"Action", Array{"sqs:SendMessage", "sns:Publish"}}, {"Resource", resource}})}});
  };
  may_send_to(dead);
  const auto schedule = [&](const std::string& name, const std::string& target) {
    world.call("scheduler", "CreateSchedule",
               {{"Name", name},
                {"ScheduleExpression", "rate(1 minute)"},
                {"FlexibleTimeWindow", Object{{"Mode", "OFF"}}},
                {"Target", Object{{"Arn", target},
                                  {"RoleArn", "arn:aws:iam::" + world.client().account + ":role/clock"},
                                  {"Input", R"({"to":")" + name + R"("})"},
                                  {"DeadLetterConfig", Object{{"Arn", dead}}}}}});
    world.fast_forward(61s);
  };
  schedule("queue", queue);
  EXPECT_TRUE(world.received("reports").is_null()) << "the role may not send there";
  const Document letter = world.received("dead");
  ASSERT_FALSE(letter.is_null()) << "but to the dead letters";
  EXPECT_EQ(text_or(letter, "Body"), R"({"to":"queue"})");
  may_send_to("*");
  world.fast_forward(61s);
  EXPECT_EQ(text_or(world.received("reports"), "Body"), R"({"to":"queue"})");
  world.call("scheduler", "DeleteSchedule", {{"Name", "queue"}});
  world.call("sqs", "PurgeQueue", {{"QueueUrl", world.url("reports")}});
  world.set_queue_policy("reports", Story::policy(world.statement("sns.amazonaws.com", "sqs:SendMessage", queue, "")));
  schedule("topic", topic);
  EXPECT_EQ(text_or(world.received("reports"), "Body"), R"({"to":"topic"})");
}

TEST(ResourcePolicies, ATopicReachesOnlyQueuesThatLetItIn) {
  Story story(91);
  const std::string topic = story.topic("pages"), queue = story.queue("work");
  story.call("sns", "Subscribe", {{"TopicArn", topic}, {"Protocol", "sqs"}, {"Endpoint", queue}});
  const auto arrives = [&] {
    story.call("sns", "Publish", {{"TopicArn", topic}, {"Message", "hello"}});
    return !story.received("work").is_null();
  };
  EXPECT_FALSE(arrives()) << "a queue has no policy by itself";
  story.set_queue_policy("work", Story::policy(story.statement("sns.amazonaws.com", "sqs:SendMessage", queue, story.arn("sns", "other"))));
  EXPECT_FALSE(arrives()) << "another topic is let in";
  story.set_queue_policy("work", Story::policy(story.statement("sns.amazonaws.com", "sqs:SendMessage", queue, topic)));
  EXPECT_TRUE(arrives());
}

TEST(ResourcePolicies, WhatARuleMayNotDeliverIsADeadLetter) {
  Story story(92);
  const std::string queue = story.queue("work"), dead = story.queue("dead");
  story.set_queue_policy("dead", Story::policy(story.statement("events.amazonaws.com", "sqs:SendMessage", dead, "")));
  story.rule_to(queue, dead);
  story.order();
  EXPECT_TRUE(story.received("work").is_null());
  const Document letter = story.received("dead");
  ASSERT_FALSE(letter.is_null());
  EXPECT_EQ(text_or(object_at(object_at(letter, "MessageAttributes"), "ERROR_CODE"), "StringValue"), "NO_PERMISSIONS");
  story.set_queue_policy(
      "work", Story::policy(story.statement("events.amazonaws.com", "sqs:SendMessage", queue, story.arn("events", "rule/orders"))));
  story.order();
  EXPECT_FALSE(story.received("work").is_null());
}

TEST(ResourcePolicies, ARulePublishesOnlyToTopicsThatNameTheService) {
  Story story(93);
  const std::string topic = story.topic("pages");
  story.call("sns", "Subscribe", {{"TopicArn", topic}, {"Protocol", "https"}, {"Endpoint", "https://hooks.example/a"}});
  story.rule_to(topic);
  story.order();
  story.fast_forward(2s);
  EXPECT_TRUE(story.webhooks.received("https://hooks.example/a", "Notification").empty()) << "a topic's own policy names no service";
  story.fast_forward(1s);
  for (const Hook& hook : story.webhooks.received("https://hooks.example/a", "SubscriptionConfirmation"))
    story.get(text_or(*parse_json(hook.body), "SubscribeURL"));
  story.call("sns", "SetTopicAttributes",
             {{"TopicArn", topic},
              {"AttributeName", "Policy"},
              {"AttributeValue", Story::policy(story.statement("events.amazonaws.com", "sns:Publish", topic, ""))}});
  story.order();
  story.fast_forward(2s);
  EXPECT_EQ(story.webhooks.received("https://hooks.example/a", "Notification").size(), 1u);
}

TEST(ResourcePolicies, AnotherAccountGetsWhatItIsGivenAndNoMore) {
  Story story(94);
  const Client other = story.new_account(other_account);
  const std::string topic = story.topic("pages"), queue = story.queue("work"), bus = story.arn("events", "event-bus/default");
  const Object publish{{"TopicArn", topic}, {"Message", "hello"}}, send{{"QueueUrl", story.url("work")}, {"MessageBody", "hello"}};
  const Object put{{"Entries", Array{Object{{"Source", "shop"}, {"DetailType", "Order"}, {"Detail", "{}"}, {"EventBusName", bus}}}}};
  EXPECT_EQ(story.try_call(other, "sns", "Publish", publish).error().code, "AuthorizationError");
  EXPECT_FALSE(story.try_call(other, "sqs", "SendMessage", send));
  EXPECT_FALSE(story.try_call(other, "events", "PutEvents", put));

  story.call("sns", "AddPermission",
             {{"TopicArn", topic}, {"Label", "friends"}, {"AWSAccountId", Array{other_account}}, {"ActionName", Array{"Publish"}}});
  story.set_queue_policy(
      "work",
      Story::policy({{"Effect", "Allow"}, {"Principal", Object{{"AWS", other_account}}}, {"Action", "sqs:*"}, {"Resource", queue}}));
  story.call("events", "PutPermission", {{"Action", "events:PutEvents"}, {"Principal", other_account}, {"StatementId", "friends"}});
  EXPECT_TRUE(story.try_call(other, "sns", "Publish", publish));
  EXPECT_TRUE(story.try_call(other, "sqs", "SendMessage", send));
  EXPECT_FALSE(story.received("work").is_null());
  story.set_queue_policy("work", Story::policy(story.statement("events.amazonaws.com", "sqs:SendMessage", queue, "")));
  story.rule_to(queue);
  EXPECT_TRUE(story.try_call(other, "events", "PutEvents", put));
  const Document passed = story.received("work");
  ASSERT_FALSE(passed.is_null()) << "an event of another account passes the rules of the bus";
  EXPECT_EQ(text_or(*parse_json(text_or(passed, "Body")), "account"), other_account) << "and says who sent it";
  story.call("events", "PutRule",
             {{"Name", "orders"}, {"EventPattern", R"({"source":["shop"],"account":[")" + story.client().account + R"("]})"}});
  EXPECT_TRUE(story.try_call(other, "events", "PutEvents", put));
  EXPECT_TRUE(story.received("work").is_null()) << "a rule can ask for one's own account";
  EXPECT_FALSE(story.try_call(other, "sns", "DeleteTopic", {{"TopicArn", topic}}));
  EXPECT_FALSE(story.try_call(other, "sqs", "DeleteQueue", {{"QueueUrl", story.url("work")}}))
      << "never across accounts, whatever the policy says";

  story.call("sns", "RemovePermission", {{"TopicArn", topic}, {"Label", "friends"}});
  story.call("events", "RemovePermission", {{"StatementId", "friends"}});
  EXPECT_FALSE(story.try_call(other, "sns", "Publish", publish));
  EXPECT_FALSE(story.try_call(other, "events", "PutEvents", put));
}

TEST(ResourcePolicies, ADenyHoldsForAdministratorsToo) {
  Story story(95);
  const std::string queue = story.queue("work");
  story.set_queue_policy("work",
                         Story::policy({{"Effect", "Deny"}, {"Principal", "*"}, {"Action", "sqs:SendMessage"}, {"Resource", queue}}));
  const auto sent = story.try_call(story.client(), "sqs", "SendMessage", {{"QueueUrl", story.url("work")}, {"MessageBody", "x"}});
  ASSERT_FALSE(sent);
  EXPECT_NE(sent.error().message.find("with an explicit deny in a resource-based policy"), std::string::npos) << sent.error().message;
}

TEST(ResourcePolicies, InDevAQueueThatWasGivenNoPolicyIsOpenToItsAccountsServices) {
  Story story(96, {.dev = true});
  const std::string queue = story.queue("work");
  story.rule_to(queue);
  story.order();
  EXPECT_FALSE(story.received("work").is_null());
  story.set_queue_policy("work", Story::policy(story.statement("sns.amazonaws.com", "sqs:SendMessage", queue, "")));
  story.order();
  EXPECT_TRUE(story.received("work").is_null()) << "one that was given is held";
}

}  // namespace
}  // namespace tocsin::simulation
