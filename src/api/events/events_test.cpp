// The service as a caller sees it: documents in, documents out.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/events/service.h"
#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::api {
namespace {

using namespace std::chrono_literals;

class EventsStory : public testing::Test {
 protected:
  EventsStory() {
    EXPECT_TRUE(journal.migrate() && outbox.migrate() && timers.migrate() && queues.migrate() && rules.migrate() && archives.migrate() &&
                connections.migrate());
    rules.start();
    archives.start();
    timers.start();
    journal.start();
    executor.run_ready();
  }

  Reply call(const std::string& name, Object input) {
    const auto& operation = *std::ranges::find_if(service.operations, [&](const Operation& candidate) { return candidate.name == name; });
    std::optional<Reply> reply;
    state.submit([&]() -> Result<void> {
      reply = std::get<Handle>(operation.handle)(
          {.service = "events", .operation = name, .input = std::move(input), .scope = scope, .now = state.now(), .request_id = "r"});
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
  events::Journal journal{state, random};
  delivery::Outbox outbox{state, random};
  delivery::Timers timers{state};
  delivery::Queues queues{state, random, nullptr};
  events::Rules rules{state, random, journal, outbox, timers, queues, nullptr};
  events::Archives archives{state, journal, timers, rules};
  events::Connections connections{state, random, {}, nullptr};
  Service service = make_events_service(rules, archives, connections, journal,
                                        {[](const Call&, std::string_view key) { return std::string(key); },
                                         [](const Call&, std::string_view token) { return std::optional(std::string(token)); }});
};

TEST_F(EventsStory, AnEventThatIsPutReachesTheQueueOfItsRule) {
  std::string queue;
  state.submit([&]() -> Result<void> { return queue = queues.create(scope, "q", {}, {})->arn(), Result<void>{}; });
  executor.run_ready();
  EXPECT_EQ(text_or(*call("PutRule", {{"Name", "r"}, {"EventPattern", R"({"source":["shop"]})"}}), "RuleArn"),
            "arn:aws:events:eu-central-1:111122223333:rule/r");
  EXPECT_EQ(
      integer_or(*call("PutTargets", {{"Rule", "r"}, {"Targets", Array{Object{{"Id", "1"}, {"Arn", queue}, {"InputPath", "$.detail"}}}}}),
                 "FailedEntryCount", -1),
      0);
  const Object good{{"Source", "shop"}, {"DetailType", "Order"}, {"Detail", R"({"n":1})"}};
  const auto put = call("PutEvents", {{"Entries", Array{good, Object{{"Source", "aws.ec2"}, {"DetailType", "x"}, {"Detail", "{}"}},
                                                        Object{{"Source", "shop"}, {"DetailType", "x"}, {"Detail", "["}}}}});
  EXPECT_EQ(integer_or(*put, "FailedEntryCount", -1), 2);
  EXPECT_EQ(text_or(array_at(*put, "Entries").at(1), "ErrorCode"), "NotAuthorizedForSourceException");
  EXPECT_EQ(text_or(array_at(*put, "Entries").at(2), "ErrorCode"), "MalformedDetail");
  executor.run_for(1ms);
  std::vector<delivery::ReceivedMessage> received;
  state.submit([&]() -> Result<void> { return received = *queues.receive(queue, {.count_max = 10}), Result<void>{}; });
  executor.run_ready();
  ASSERT_EQ(received.size(), 1u);
  EXPECT_EQ(received[0].body, R"({"n":1})");
  EXPECT_EQ(text_or(array_at(*call("ListTargetsByRule", {{"Rule", "r"}}), "Targets").at(0), "InputPath"), "$.detail");
}

TEST_F(EventsStory, RulesReadBackAsTheyWereMade) {
  ASSERT_TRUE(call("PutRule", {{"Name", "r"},
                               {"ScheduleExpression", "rate(5 minutes)"},
                               {"Description", "d"},
                               {"Tags", Array{Object{{"Key", "k"}, {"Value", "v"}}}}}));
  const auto rule = call("DescribeRule", {{"Name", "r"}});
  EXPECT_EQ(text_or(*rule, "ScheduleExpression"), "rate(5 minutes)");
  EXPECT_EQ(text_or(*rule, "State"), "ENABLED");
  EXPECT_FALSE(find(*rule, "EventPattern"));
  ASSERT_TRUE(call("PutRule", {{"Name", "r"}, {"EventPattern", R"({"a":[1]})"}}));
  EXPECT_FALSE(find(*call("DescribeRule", {{"Name", "r"}}), "Description"));
  EXPECT_EQ(
      text_or(array_at(*call("ListTagsForResource", {{"ResourceARN", "arn:aws:events:eu-central-1:111122223333:rule/r"}}), "Tags").at(0),
              "Value"),
      "v");
  ASSERT_TRUE(call("DisableRule", {{"Name", "r"}}));
  EXPECT_EQ(text_or(array_at(*call("ListRules", {}), "Rules").at(0), "State"), "DISABLED");
  ASSERT_TRUE(call("DeleteRule", {{"Name", "r"}}));
  EXPECT_EQ(call("DescribeRule", {{"Name", "r"}}).error().message, "Rule r does not exist on EventBus default.");
}

TEST_F(EventsStory, BusesAndTheirPermissions) {
  EXPECT_EQ(text_or(*call("CreateEventBus", {{"Name", "b"}, {"Description", "d"}}), "EventBusArn"),
            "arn:aws:events:eu-central-1:111122223333:event-bus/b");
  EXPECT_EQ(call("CreateEventBus", {{"Name", "b"}}).error().code, "ResourceAlreadyExistsException");
  ASSERT_TRUE(
      call("PutPermission", {{"EventBusName", "b"}, {"Action", "events:PutEvents"}, {"Principal", "444455556666"}, {"StatementId", "s"}}));
  EXPECT_NE(text_or(*call("DescribeEventBus", {{"Name", "b"}}), "Policy").find("444455556666"), std::string::npos);
  ASSERT_TRUE(call("RemovePermission", {{"EventBusName", "b"}, {"StatementId", "s"}}));
  EXPECT_FALSE(find(*call("DescribeEventBus", {{"Name", "b"}}), "Policy"));
  EXPECT_EQ(array_at(*call("ListEventBuses", {}), "EventBuses").size(), 2u);
  EXPECT_TRUE(call("DeleteEventBus", {{"Name", "b"}}));
  EXPECT_EQ(call("DescribeEventBus", {{"Name", "b"}}).error().code, "ResourceNotFoundException");
}

TEST_F(EventsStory, TestEventPattern) {
  const char* event =
      R"({"id":"1","account":"1","source":"s","time":"t","region":"r","resources":[],"detail-type":"d","detail":{"n":300}})";
  EXPECT_TRUE(truth_or(*call("TestEventPattern", {{"EventPattern", R"({"detail":{"n":[300.0]}})"}, {"Event", event}}), "Result", false));
  EXPECT_EQ(call("TestEventPattern", {{"EventPattern", R"({"a":["x"]})"}, {"Event", "[]"}}).error().message,
            "Parameter Event is not valid.");
  EXPECT_EQ(call("TestEventPattern", {{"EventPattern", R"({"a":"x"})"}, {"Event", event}}).error().code, "InvalidEventPatternException");
}

}  // namespace
}  // namespace tocsin::api
