// The service as a caller sees it: documents in, documents out, in virtual time.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/sqs/service.h"
#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::api {
namespace {

using namespace std::chrono_literals;

class SqsStory : public testing::Test {
 protected:
  SqsStory() {
    EXPECT_TRUE(queues.migrate());
    EXPECT_TRUE(moves.migrate());
  }

  Call make_call(const std::string& operation, Object input) {
    return {.service = "sqs",
            .operation = operation,
            .input = std::move(input),
            .scope = {"111122223333", "eu-central-1"},
            .now = state.now(),
            .base_url = "http://localhost:4566"};
  }

  const Operation& operation(const std::string& name) {
    return *std::ranges::find_if(service.operations, [&](const Operation& candidate) { return candidate.name == name; });
  }

  Reply call(const std::string& name, Object input) {
    std::optional<Reply> reply;
    state.submit([&]() -> Result<void> {
      reply = std::get<Handle>(operation(name).handle)(make_call(name, std::move(input)));
      return *reply ? Result<void>{} : fail(ErrorKind::invalid, "");
    });
    executor.run_ready();
    return *reply;
  }

  std::shared_ptr<std::optional<Reply>> receive(Object input) {
    auto reply = std::make_shared<std::optional<Reply>>();
    std::get<HandleLater>(operation("ReceiveMessage").handle)(make_call("ReceiveMessage", std::move(input)),
                                                              [reply](Reply answer) { *reply = std::move(answer); });
    executor.run_ready();
    return reply;
  }

  ManualClock clock{instant_from_ms(1700000000000)};
  SimulatedExecutor executor{clock};
  SeededRandom random{7};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  delivery::Queues queues{state, random, nullptr};
  delivery::MessageMoves moves{state, random, queues};
  Service service = make_sqs_service(queues, moves, state,
                                     {[](const Call&, std::string_view key) { return std::string(key); },
                                      [](const Call&, std::string_view token) { return std::optional(std::string(token)); }});
  const char* url = "http://localhost:4566/111122223333/work";
};

TEST_F(SqsStory, CreateSendReceiveDelete) {
  EXPECT_EQ(text_or(*call("CreateQueue", {{"QueueName", "work"}}), "QueueUrl"), url);
  const auto sent =
      call("SendMessage", {{"QueueUrl", url},
                           {"MessageBody", "hello"},
                           {"MessageAttributes", Object{{"colour", Object{{"DataType", "String"}, {"StringValue", "red"}}}}}});
  EXPECT_EQ(text_or(*sent, "MD5OfMessageBody"), "5d41402abc4b2a76b9719d911017c592");
  const auto reply = receive({{"QueueUrl", url}, {"MessageAttributeNames", Array{"All"}}, {"AttributeNames", Array{"SentTimestamp"}}});
  ASSERT_TRUE(*reply && **reply);
  const Document message = array_at(***reply, "Messages").at(0);
  EXPECT_EQ(text_or(message, "Body"), "hello");
  EXPECT_EQ(text_or(message, "MD5OfMessageAttributes"), text_or(*sent, "MD5OfMessageAttributes"));
  EXPECT_EQ(object_at(message, "Attributes").size(), 1u);
  EXPECT_TRUE(call("DeleteMessage", {{"QueueUrl", url}, {"ReceiptHandle", text_or(message, "ReceiptHandle")}}));
  const auto attributes = call("GetQueueAttributes", {{"QueueUrl", url}, {"AttributeNames", Array{"All"}}});
  EXPECT_EQ(text_or(*find(*attributes, "Attributes"), "ApproximateNumberOfMessages"), "0");
  EXPECT_EQ(text_or(*find(*attributes, "Attributes"), "QueueArn"), "arn:aws:sqs:eu-central-1:111122223333:work");
}

TEST_F(SqsStory, ALongPollAnswersOnArrivalOrWhenItsTimeIsOver) {
  ASSERT_TRUE(call("CreateQueue", {{"QueueName", "work"}}));
  const auto reply = receive({{"QueueUrl", url}, {"WaitTimeSeconds", 20}});
  executor.run_for(5s);
  EXPECT_FALSE(*reply);
  ASSERT_TRUE(call("SendMessage", {{"QueueUrl", url}, {"MessageBody", "early"}}));
  ASSERT_TRUE(*reply);
  EXPECT_EQ(text_or(array_at(***reply, "Messages").at(0), "Body"), "early");

  // the first message is in flight and shows itself again at 30 s
  const auto empty = receive({{"QueueUrl", url}, {"WaitTimeSeconds", 10}});
  executor.run_for(9s);
  EXPECT_FALSE(*empty);
  executor.run_for(1s);
  ASSERT_TRUE(*empty);
  EXPECT_TRUE(array_at(***empty, "Messages").empty());
  const auto again = receive({{"QueueUrl", url}, {"WaitTimeSeconds", 20}});
  executor.run_for(20s);
  EXPECT_EQ(array_at(***again, "Messages").size(), 1u);
}

TEST_F(SqsStory, ABatchEntryFailsAlone) {
  ASSERT_TRUE(call("CreateQueue", {{"QueueName", "work"}}));
  const auto reply = call(
      "SendMessageBatch",
      {{"QueueUrl", url}, {"Entries", Array{Object{{"Id", "a"}, {"MessageBody", "x"}}, Object{{"Id", "b"}, {"MessageBody", "\x01"}}}}});
  EXPECT_EQ(text_or(array_at(*reply, "Successful").at(0), "Id"), "a");
  EXPECT_EQ(text_or(array_at(*reply, "Failed").at(0), "Code"), "InvalidMessageContents");
  EXPECT_EQ(call("SendMessageBatch", {{"QueueUrl", url}, {"Entries", Array{}}}).error().code, "EmptyBatchRequest");
  EXPECT_EQ(call("SendMessageBatch", {{"QueueUrl", url}, {"Entries", Array{Object{{"Id", "a"}}, Object{{"Id", "a"}}}}}).error().code,
            "BatchEntryIdsNotDistinct");
}

TEST_F(SqsStory, DeadLettersGoBackToWhereTheyCameFrom) {
  const std::string dead_url = "http://localhost:4566/111122223333/dead", dead = "arn:aws:sqs:eu-central-1:111122223333:dead";
  ASSERT_TRUE(call("CreateQueue", {{"QueueName", "dead"}}));
  EXPECT_EQ(call("StartMessageMoveTask", {{"SourceArn", dead}}).error().message, "Source queue must be configured as a Dead Letter Queue.");
  ASSERT_TRUE(
      call("CreateQueue", {{"QueueName", "work"},
                           {"Attributes", Object{{"VisibilityTimeout", "1"},
                                                 {"RedrivePolicy", R"({"deadLetterTargetArn":")" + dead + R"(","maxReceiveCount":1})"}}}}));
  for (const char* body : {"one", "two", "three"}) ASSERT_TRUE(call("SendMessage", {{"QueueUrl", url}, {"MessageBody", body}}));
  receive({{"QueueUrl", url}, {"MaxNumberOfMessages", 10}});
  executor.run_for(1s);
  receive({{"QueueUrl", url}, {"MaxNumberOfMessages", 10}});

  const auto begun = call("StartMessageMoveTask", {{"SourceArn", dead}, {"MaxNumberOfMessagesPerSecond", 1}});
  ASSERT_TRUE(begun);
  EXPECT_EQ(call("StartMessageMoveTask", {{"SourceArn", dead}}).error().message,
            "There is already a task running. Only one active task is allowed for a source queue arn at a given time.");
  Document task = array_at(*call("ListMessageMoveTasks", {{"SourceArn", dead}}), "Results").at(0);
  EXPECT_EQ(text_or(task, "Status"), "RUNNING");
  EXPECT_EQ(text_or(task, "TaskHandle"), text_or(*begun, "TaskHandle"));
  EXPECT_EQ(integer_or(task, "ApproximateNumberOfMessagesToMove", 0), 3);
  executor.run_for(5s);
  task = array_at(*call("ListMessageMoveTasks", {{"SourceArn", dead}}), "Results").at(0);
  EXPECT_EQ(text_or(task, "Status"), "COMPLETED");
  EXPECT_EQ(integer_or(task, "ApproximateNumberOfMessagesMoved", 0), 3);
  EXPECT_FALSE(find(task, "TaskHandle"));
  EXPECT_EQ(call("CancelMessageMoveTask", {{"TaskHandle", text_or(*begun, "TaskHandle")}}).error().code, "UnsupportedOperation");
  EXPECT_EQ(array_at(***receive({{"QueueUrl", url}, {"MaxNumberOfMessages", 10}}), "Messages").size(), 3u);
  EXPECT_EQ(call("StartMessageMoveTask", {{"SourceArn", "arn:aws:sqs:eu-central-1:111122223333:none"}}).error().code,
            "ResourceNotFoundException");
}

TEST_F(SqsStory, PermissionsAreStatementsOfThePolicy) {
  ASSERT_TRUE(call("CreateQueue", {{"QueueName", "work"}}));
  const Object grant{{"QueueUrl", url}, {"Label", "partner"}, {"AWSAccountIds", Array{"444455556666"}}, {"Actions", Array{"SendMessage"}}};
  ASSERT_TRUE(call("AddPermission", grant));
  EXPECT_EQ(call("AddPermission", grant).error().message, "Value partner for parameter Label is invalid. Reason: Already exists.");
  const auto attributes = call("GetQueueAttributes", {{"QueueUrl", url}, {"AttributeNames", Array{"Policy"}}});
  EXPECT_EQ(
      text_or(*find(*attributes, "Attributes"), "Policy"),
      R"({"Version":"2008-10-17","Id":"arn:aws:sqs:eu-central-1:111122223333:work/SQSDefaultPolicy","Statement":[{"Sid":"partner","Effect":)"
      R"("Allow","Principal":{"AWS":"arn:aws:iam::444455556666:root"},"Action":"SQS:SendMessage","Resource":)"
      R"("arn:aws:sqs:eu-central-1:111122223333:work"}]})");
  EXPECT_EQ(call("RemovePermission", {{"QueueUrl", url}, {"Label", "other"}}).error().message,
            "Value other for parameter Label is invalid. Reason: can't find label on existing policy.");
  ASSERT_TRUE(call("RemovePermission", {{"QueueUrl", url}, {"Label", "partner"}}));
  EXPECT_FALSE(find(*call("GetQueueAttributes", {{"QueueUrl", url}, {"AttributeNames", Array{"Policy"}}}), "Attributes"));
}

TEST_F(SqsStory, AnAttemptThatIsRepeatedGetsTheSameMessages) {
  const char* fifo = "http://localhost:4566/111122223333/work.fifo";
  ASSERT_TRUE(call("CreateQueue", {{"QueueName", "work.fifo"}, {"Attributes", Object{{"FifoQueue", "true"}}}}));
  ASSERT_TRUE(call("SendMessage", {{"QueueUrl", fifo}, {"MessageBody", "m"}, {"MessageGroupId", "g"}, {"MessageDeduplicationId", "d"}}));
  const Object attempt{{"QueueUrl", fifo}, {"ReceiveRequestAttemptId", "a"}};
  const Document first = array_at(***receive(attempt), "Messages").at(0);
  EXPECT_EQ(to_json(array_at(***receive(attempt), "Messages").at(0)), to_json(first));
  EXPECT_TRUE(array_at(***receive({{"QueueUrl", fifo}}), "Messages").empty());
  ASSERT_TRUE(call("DeleteMessage", {{"QueueUrl", fifo}, {"ReceiptHandle", text_or(first, "ReceiptHandle")}}));
  EXPECT_TRUE(array_at(***receive(attempt), "Messages").empty());
}

TEST_F(SqsStory, Refusals) {
  EXPECT_EQ(call("SendMessage", {{"QueueUrl", url}, {"MessageBody", "x"}}).error().code, "QueueDoesNotExist");
  EXPECT_EQ(call("SendMessage", {{"QueueUrl", "work"}, {"MessageBody", "x"}}).error().code, "InvalidAddress");
  EXPECT_EQ(call("GetQueueUrl", {{"QueueName", "none"}}).error().code, "QueueDoesNotExist");
  EXPECT_EQ((*receive({{"QueueUrl", url}, {"MaxNumberOfMessages", 11}}))->error().code, "InvalidParameterValue");
  EXPECT_EQ((*receive({{"QueueUrl", url}}))->error().code, "QueueDoesNotExist");
}

}  // namespace
}  // namespace tocsin::api
