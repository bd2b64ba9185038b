// The service as a caller sees it: documents in, documents out.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/sns/service.h"
#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::api {
namespace {

class SnsStory : public testing::Test {
 protected:
  SnsStory() {
    EXPECT_TRUE(outbox.migrate());
    EXPECT_TRUE(queues.migrate());
    EXPECT_TRUE(topics.migrate());
  }

  Reply call(const std::string& name, Object input) {
    const auto& operation = *std::ranges::find_if(service.operations, [&](const Operation& candidate) { return candidate.name == name; });
    std::optional<Reply> reply;
    state.submit([&]() -> Result<void> {
      reply = std::get<Handle>(operation.handle)({.service = "sns",
                                                  .operation = name,
                                                  .input = std::move(input),
                                                  .scope = scope,
                                                  .now = state.now(),
                                                  .base_url = "http://localhost:4566"});
      return *reply ? Result<void>{} : fail(ErrorKind::invalid, "");
    });
    executor.run_ready();
    return *reply;
  }

  const Scope scope{"111122223333", "eu-central-1"};
  ManualClock clock{instant_from_ms(1700000000000)};
  SimulatedExecutor executor{clock};
  SeededRandom random{7};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  delivery::Outbox outbox{state, random};
  delivery::Queues queues{state, random, nullptr};
  communicate::Topics topics{state, random, outbox, queues, nullptr, {.public_url = [] { return std::string("http://localhost:4566"); }}};
  Service service = make_sns_service(topics, {[](const Call&, std::string_view key) { return std::string(key); },
                                              [](const Call&, std::string_view token) { return std::optional(std::string(token)); }});
  const char* topic = "arn:aws:sns:eu-central-1:111122223333:alerts";
};

TEST_F(SnsStory, TopicsReadBackAsTheyWereMade) {
  EXPECT_EQ(text_or(*call("CreateTopic", {{"Name", "alerts"}, {"Tags", Array{Object{{"Key", "team"}, {"Value", "shop"}}}}}), "TopicArn"),
            topic);
  EXPECT_TRUE(call("SetTopicAttributes", {{"TopicArn", topic}, {"AttributeName", "DisplayName"}, {"AttributeValue", "Shop"}}));
  const auto attributes = call("GetTopicAttributes", {{"TopicArn", topic}});
  EXPECT_EQ(text_or(*find(*attributes, "Attributes"), "DisplayName"), "Shop");
  EXPECT_EQ(text_or(*find(*attributes, "Attributes"), "SubscriptionsConfirmed"), "0");
  EXPECT_EQ(text_or(array_at(*call("ListTagsForResource", {{"ResourceArn", topic}}), "Tags").at(0), "Value"), "shop");
  EXPECT_TRUE(call("AddPermission",
                   {{"TopicArn", topic}, {"Label", "l"}, {"AWSAccountId", Array{"444455556666"}}, {"ActionName", Array{"Publish"}}}));
  EXPECT_NE(text_or(*find(*call("GetTopicAttributes", {{"TopicArn", topic}}), "Attributes"), "Policy").find("444455556666"),
            std::string::npos);
  EXPECT_EQ(array_at(*call("ListTopics", {}), "Topics").size(), 1u);
  EXPECT_TRUE(call("DeleteTopic", {{"TopicArn", topic}}));
  EXPECT_TRUE(call("DeleteTopic", {{"TopicArn", topic}}));
  EXPECT_EQ(call("GetTopicAttributes", {{"TopicArn", topic}}).error().code, "NotFoundException");
}

TEST_F(SnsStory, ASubscriptionIsPendingUntilConfirmed) {
  ASSERT_TRUE(call("CreateTopic", {{"Name", "alerts"}}));
  EXPECT_EQ(text_or(*call("Subscribe", {{"TopicArn", topic}, {"Protocol", "email"}, {"Endpoint", "ann@example.com"}}), "SubscriptionArn"),
            "pending confirmation");
  EXPECT_EQ(text_or(array_at(*call("ListSubscriptionsByTopic", {{"TopicArn", topic}}), "Subscriptions").at(0), "SubscriptionArn"),
            "PendingConfirmation");
  EXPECT_EQ(call("ConfirmSubscription", {{"TopicArn", topic}, {"Token", "wrong"}}).error().code, "InvalidParameterException");
}

TEST_F(SnsStory, PublishChoosesTheMessageOfTheProtocol) {
  ASSERT_TRUE(call("CreateTopic", {{"Name", "alerts"}}));
  std::string queue;
  state.submit([&]() -> Result<void> { return queue = queues.create(scope, "q", {}, {})->arn(), Result<void>{}; });
  executor.run_ready();
  ASSERT_TRUE(
      call("Subscribe",
           {{"TopicArn", topic}, {"Protocol", "sqs"}, {"Endpoint", queue}, {"Attributes", Object{{"RawMessageDelivery", "true"}}}}));
  ASSERT_TRUE(call("Publish", {{"TopicArn", topic}, {"MessageStructure", "json"}, {"Message", R"({"default":"d","sqs":"s"})"}}));
  std::string body;
  state.submit([&]() -> Result<void> { return body = queues.receive(queue, {})->at(0).body, Result<void>{}; });
  executor.run_ready();
  EXPECT_EQ(body, "s");
  EXPECT_EQ(call("Publish", {{"TopicArn", topic}, {"MessageStructure", "json"}, {"Message", R"({"sqs":"s"})"}}).error().message,
            "Invalid parameter: Message Structure - No default entry in JSON message body");
  EXPECT_EQ(call("Publish", {{"PhoneNumber", "+49151"}, {"Message", "m"}}).error().message,
            "Invalid parameter: PhoneNumber Reason: no SMS gateway is configured on this server");
  const auto batch = call(
      "PublishBatch", {{"TopicArn", topic},
                       {"PublishBatchRequestEntries", Array{Object{{"Id", "a"}, {"Message", "1"}}, Object{{"Id", "b"}, {"Message", ""}}}}});
  EXPECT_EQ(array_at(*batch, "Successful").size(), 1u);
  EXPECT_EQ(text_or(array_at(*batch, "Failed").at(0), "Id"), "b");
}

TEST_F(SnsStory, SettingsOfShortMessagesReadBack) {
  ASSERT_TRUE(call("SetSMSAttributes", {{"attributes", Object{{"DefaultSMSType", "Transactional"}, {"DefaultSenderID", "Tocsin"}}}}));
  EXPECT_EQ(to_json(*call("GetSMSAttributes", {{"attributes", Array{"DefaultSMSType"}}})),
            R"({"attributes":{"DefaultSMSType":"Transactional"}})");
  EXPECT_EQ(call("SetSMSAttributes", {{"attributes", Object{{"DefaultSMSType", "Loud"}}}}).error().code, "InvalidParameterException");
  EXPECT_FALSE(truth_or(*call("CheckIfPhoneNumberIsOptedOut", {{"phoneNumber", "+4915112345678"}}), "isOptedOut", true));
  EXPECT_TRUE(array_at(*call("ListPhoneNumbersOptedOut", {}), "phoneNumbers").empty());
  EXPECT_TRUE(call("OptInPhoneNumber", {{"phoneNumber", "+4915112345678"}}));
  EXPECT_EQ(call("OptInPhoneNumber", {{"phoneNumber", "0151"}}).error().code, "InvalidParameterException");
}

TEST_F(SnsStory, AttributesThatAreRefusedAreNamed) {
  ASSERT_TRUE(call("CreateTopic", {{"Name", "alerts"}}));
  for (const char* name : {"a b", "AWS.x", ".a", "a..b"})
    EXPECT_EQ(call("Publish", {{"TopicArn", topic},
                               {"Message", "m"},
                               {"MessageAttributes", Object{{name, Object{{"DataType", "String"}, {"StringValue", "v"}}}}}})
                  .error()
                  .code,
              "InvalidParameterValueException")
        << name;
  const auto made = [&](const char* name, const char* value) {
    return call("CreateTopic", {{"Name", "other"}, {"Attributes", Object{{name, value}}}}).error().message;
  };
  EXPECT_EQ(made("Colour", "red"), "Invalid parameter: Attributes Reason: Unknown attribute Colour");
  EXPECT_EQ(made("ContentBasedDeduplication", "true"), "Invalid parameter: Attributes Reason: Unknown attribute ContentBasedDeduplication");
  EXPECT_EQ(made("DisplayName", std::string(101, 'x').c_str()), "Invalid parameter: Attributes Reason: DisplayName");
  const auto subscribed = [&](const char* protocol, const char* endpoint, const char* name, const std::string& value) {
    const auto done =
        call("Subscribe", {{"TopicArn", topic}, {"Protocol", protocol}, {"Endpoint", endpoint}, {"Attributes", Object{{name, value}}}});
    return done ? std::string() : done.error().message;
  };
  EXPECT_EQ(subscribed("email", "a@example.com", "RawMessageDelivery", "true"),
            "Invalid parameter: Attributes Reason: Delivery protocol [email] does not support raw message delivery.");
  const char* queue = "arn:aws:sqs:eu-central-1:111122223333:q";
  EXPECT_EQ(subscribed("sqs", queue, "RedrivePolicy", "{}"),
            "Invalid parameter: Attributes Reason: RedrivePolicy: Missing deadLetterTargetArn attribute");
  EXPECT_EQ(subscribed("sqs", queue, "RedrivePolicy", R"({"deadLetterTargetArn":"arn:aws:sns:eu-central-1:111122223333:t"})"),
            "Invalid parameter: Attributes Reason: RedrivePolicy: deadLetterTargetArn must be a SQS queue");
  EXPECT_EQ(
      subscribed("sqs", queue, "FilterPolicyScope", "Body"),
      "Invalid parameter: Attributes Reason: FilterPolicyScope: Invalid value [Body]. Please use either MessageBody or MessageAttributes");
  EXPECT_EQ(subscribed("sqs", queue, "FilterPolicy", R"({"a":{"b":["c"]}})"),
            "Invalid parameter: Attributes Reason: Filter policy scope MessageAttributes does not support nested filter policy");
  EXPECT_EQ(subscribed("http", "http://a.example/", "DeliveryPolicy", R"({"healthyRetryPolicy":{"numRetries":101}})"),
            "Invalid parameter: Attributes Reason: DeliveryPolicy: healthyRetryPolicy.numRetries must be less than or equal to 100");
  EXPECT_EQ(subscribed("http", "http://a.example/", "DeliveryPolicy", R"({"throttlePolicy":{"maxReceivesPerSecond":0}})"),
            "Invalid parameter: Attributes Reason: DeliveryPolicy: throttlePolicy.maxReceivesPerSecond must be >= 1");
  EXPECT_EQ(subscribed("sqs", queue, "Colour", "red"), "Invalid parameter: Attributes Reason: Unknown attribute Colour");
  ASSERT_EQ(subscribed("sqs", queue, "RawMessageDelivery", "true"), "");
  EXPECT_EQ(call("SetTopicAttributes", {{"TopicArn", topic}, {"AttributeName", "Colour"}, {"AttributeValue", "red"}}).error().message,
            "Invalid parameter: AttributeName");
}

TEST_F(SnsStory, NothingIsFoundInAnotherScope) {
  ASSERT_TRUE(call("CreateTopic", {{"Name", "alerts"}}));
  EXPECT_EQ(call("Publish", {{"TopicArn", "arn:aws:sns:eu-west-1:111122223333:alerts"}, {"Message", "m"}}).error().code,
            "NotFoundException");
  EXPECT_EQ(call("Publish", {{"TopicArn", "alerts"}, {"Message", "m"}}).error().code, "InvalidParameterException");
}

}  // namespace
}  // namespace tocsin::api
