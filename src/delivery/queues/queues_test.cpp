// What a sender and a receiver see, in virtual time.
#include "delivery/queues/queues.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::delivery {
namespace {

using namespace std::chrono_literals;

class QueuesStory : public testing::Test {
 protected:
  QueuesStory() { EXPECT_TRUE(queues.migrate()); }

  template <typename Work>
  auto in_unit(Work work) {
    std::optional<decltype(work())> result;
    state.submit([&]() -> Result<void> { return result.emplace(work()), Result<void>{}; });
    executor.run_ready();
    return std::move(*result);
  }

  std::string create(const std::string& name, const AttributeMap& attributes = {}) {
    return in_unit([&] { return queues.create(scope, name, attributes, {}); })->arn();
  }
  Result<SentMessage> send(const std::string& arn, const std::string& body, const std::string& group = {},
                           const std::string& deduplication = {}) {
    return in_unit([&] { return queues.send(arn, {.body = body, .group_id = group, .deduplication_id = deduplication}); });
  }
  std::vector<ReceivedMessage> receive(const std::string& arn, int count = 1) {
    return *in_unit([&] { return queues.receive(arn, {.count_max = count}); });
  }
  std::string bodies(const std::string& arn, int count = 10) {
    std::string out;
    for (const auto& message : receive(arn, count)) out += message.body + " ";
    return out;
  }
  Result<void> remove(const std::string& arn, const std::string& handle) {
    return in_unit([&] { return queues.remove_message(arn, handle); });
  }

  const Scope scope{"111122223333", "eu-central-1"};
  ManualClock clock{instant_from_ms(1700000000000)};
  SimulatedExecutor executor{clock};
  SeededRandom random{7};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  Queues queues{state, random, nullptr};
};

TEST_F(QueuesStory, AReceivedMessageIsHiddenUntilItsTimeoutAndGoneWhenDeleted) {
  const auto arn = create("work");
  ASSERT_TRUE(send(arn, "one"));
  const auto first = receive(arn);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].system_attributes.at("ApproximateReceiveCount"), "1");
  EXPECT_EQ(bodies(arn), "");
  executor.run_for(30s);
  const auto second = receive(arn);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].message_id, first[0].message_id);
  EXPECT_EQ(second[0].system_attributes.at("ApproximateReceiveCount"), "2");
  EXPECT_TRUE(remove(arn, first[0].receipt_handle));  // not the latest: accepted, deletes nothing
  EXPECT_EQ(in_unit([&] { return queues.counts(arn); }).in_flight, 1);
  EXPECT_TRUE(remove(arn, second[0].receipt_handle));
  executor.run_for(1h);
  EXPECT_EQ(bodies(arn), "");
  EXPECT_EQ(remove(arn, "nonsense").error().reason, "ReceiptHandleIsInvalid");
}

TEST_F(QueuesStory, DelayRetentionAndVisibilityChange) {
  const auto arn = create("work", {{"DelaySeconds", "10"}, {"MessageRetentionPeriod", "60"}});
  ASSERT_TRUE(send(arn, "late"));
  EXPECT_EQ(bodies(arn), "");
  executor.run_for(10s);
  const auto received = receive(arn);
  ASSERT_EQ(received.size(), 1u);
  EXPECT_TRUE(in_unit([&] { return queues.change_visibility(arn, received[0].receipt_handle, 0); }));
  EXPECT_EQ(bodies(arn), "late ");
  executor.run_for(50s);
  EXPECT_EQ(bodies(arn), "");
}

TEST_F(QueuesStory, AfterTooManyReceivesAMessageMovesToTheDeadLettersWithItsId) {
  const auto dead = create("dead");
  const auto arn =
      create("work", {{"RedrivePolicy", R"({"deadLetterTargetArn":")" + dead + R"(","maxReceiveCount":"2"})"}, {"VisibilityTimeout", "1"}});
  const auto sent = send(arn, "poison");
  for (int tries = 0; tries < 2; ++tries) {
    EXPECT_EQ(bodies(arn), "poison ");
    executor.run_for(1s);
  }
  EXPECT_EQ(bodies(arn), "");
  const auto found = receive(dead);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].message_id, sent->message_id);
  EXPECT_EQ(found[0].system_attributes.at("SentTimestamp"), "1700000000000");
  EXPECT_EQ(found[0].system_attributes.at("DeadLetterQueueSourceArn"), arn);
  EXPECT_EQ(in_unit([&] { return queues.dead_letter_sources(dead); }).size(), 1u);
}

TEST_F(QueuesStory, AFifoQueueKeepsTheOrderOfEachGroupAndClosesAGroupInFlight) {
  const auto arn = create("work.fifo", {{"FifoQueue", "true"}});
  for (const auto& [body, group] : {std::pair("a1", "a"), {"a2", "a"}, {"b1", "b"}, {"a3", "a"}}) ASSERT_TRUE(send(arn, body, group, body));
  const auto first = receive(arn);
  EXPECT_EQ(first[0].body, "a1");
  EXPECT_EQ(bodies(arn), "b1 ");
  EXPECT_TRUE(remove(arn, first[0].receipt_handle));
  EXPECT_EQ(bodies(arn), "a2 a3 ");
  EXPECT_EQ(bodies(arn), "");
  executor.run_for(30s);
  EXPECT_EQ(bodies(arn), "a2 b1 a3 ");
}

TEST_F(QueuesStory, AFifoQueueDropsDuplicatesForFiveMinutes) {
  const auto arn = create("work.fifo", {{"FifoQueue", "true"}, {"ContentBasedDeduplication", "true"}});
  const auto first = send(arn, "same", "g");
  EXPECT_EQ(send(arn, "same", "g")->message_id, first->message_id);
  EXPECT_EQ(bodies(arn), "same ");
  executor.run_for(5min);
  EXPECT_NE(send(arn, "same", "g")->message_id, first->message_id);
  EXPECT_EQ(send(arn, "x").error().reason, "MissingParameter");
}

TEST_F(QueuesStory, Refusals) {
  create("work", {{"VisibilityTimeout", "5"}});
  const auto create_again = [&](const std::string& name, const AttributeMap& attributes) {
    return in_unit([&] { return queues.create(scope, name, attributes, {}); });
  };
  EXPECT_TRUE(create_again("work", {{"VisibilityTimeout", "5"}}));
  EXPECT_EQ(create_again("work", {{"VisibilityTimeout", "6"}}).error().reason, "QueueNameExists");
  EXPECT_EQ(create_again("work", {{"Colour", "red"}}).error().reason, "InvalidAttributeName");
  EXPECT_EQ(create_again("new", {{"DeduplicationScope", "queue"}}).error().message,
            "You can specify the DeduplicationScope only when FifoQueue is set to true.");
  EXPECT_EQ(create_again("new.fifo", {{"FifoQueue", "true"}, {"FifoThroughputLimit", "perMessageGroupId"}}).error().message,
            "Invalid value for the parameter FifoThroughputLimit. Reason: To set FifoThroughputLimit to perMessageGroupId, the "
            "DeduplicationScope must be messageGroup.");
  EXPECT_EQ(create_again("new", {{"SqsManagedSseEnabled", "true"}, {"KmsMasterKeyId", "alias/k"}}).error().reason, "InvalidAttributeValue");
  EXPECT_EQ(create_again("other", {{"VisibilityTimeout", "50000"}}).error().reason, "InvalidAttributeValue");
  EXPECT_EQ(create_again("no spaces", {}).error().reason, "InvalidParameterValue");
  EXPECT_EQ(create_again("work.fifo", {}).error().reason, "InvalidParameterValue");
  EXPECT_EQ(send("arn:aws:sqs:eu-central-1:111122223333:none", "x").error().reason, "QueueDoesNotExist");
  EXPECT_EQ(send("arn:aws:sqs:eu-central-1:111122223333:work", "\x01").error().reason, "InvalidMessageContents");
}

TEST_F(QueuesStory, AWatcherIsToldOfTheNextArrival) {
  const auto arn = create("work");
  int told = 0;
  queues.watch(arn, [&] { ++told; });
  ASSERT_TRUE(send(arn, "one"));
  ASSERT_TRUE(send(arn, "two"));
  EXPECT_EQ(told, 1);
}

TEST(MessageDigest, CoversNamesTypesAndValuesInOrder) {
  // name length, name, type length, type, transport kind, value length, value
  const MessageAttributes attributes = {{"b", {"Binary", std::string("\0\1", 2)}}, {"a", {"String", "x"}}};
  EXPECT_EQ(attributes_from(to_document(attributes)), attributes);
  EXPECT_EQ(attributes_digest({{"a", {"String", "x"}}}), to_hex(md5(std::string("\0\0\0\1a\0\0\0\6String\1\0\0\0\1x", 21))));
}

}  // namespace
}  // namespace tocsin::delivery
