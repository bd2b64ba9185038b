// The service as a caller sees it: documents in, documents out.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>

#include "api/scheduler/service.h"
#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::api {
namespace {

class SchedulerStory : public testing::Test {
 protected:
  SchedulerStory() {
    EXPECT_TRUE(journal.migrate() && outbox.migrate() && timers.migrate() && queues.migrate() && rules.migrate() && schedules.migrate());
    rules.start();
    schedules.start();
    timers.start();
  }

  Reply call(const std::string& name, Object input) {
    const auto& operation = *std::ranges::find_if(service.operations, [&](const Operation& candidate) { return candidate.name == name; });
    std::optional<Reply> reply;
    state.submit([&]() -> Result<void> {
      reply = std::get<Handle>(operation.handle)(
          {.service = "scheduler", .operation = name, .input = std::move(input), .scope = scope, .now = state.now(), .request_id = "r"});
      return *reply ? Result<void>{} : fail(ErrorKind::invalid, "");
    });
    executor.run_ready();
    return *reply;
  }

  Object schedule(const char* name) const {
    return {{"Name", name},
            {"ScheduleExpression", "cron(0 9 * * ? *)"},
            {"ScheduleExpressionTimezone", "Europe/Berlin"},
            {"FlexibleTimeWindow", Object{{"Mode", "OFF"}}},
            {"Target",
             Object{{"Arn", "arn:aws:sqs:eu-central-1:111122223333:q"}, {"RoleArn", "arn:aws:iam::111122223333:role/r"}, {"Input", "{}"}}}};
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
  events::Schedules schedules{state, random, timers, rules, [](const std::string&, const std::string&) { return Result<void>(); }};
  Service service =
      make_scheduler_service(schedules, {[](const Call&, std::string_view key) { return std::string(key); },
                                         [](const Call&, std::string_view token) { return std::optional(std::string(token)); }});
};

TEST_F(SchedulerStory, ASchedulesReadsBackAsItWasMade) {
  EXPECT_EQ(text_or(*call("CreateSchedule", schedule("s")), "ScheduleArn"),
            "arn:aws:scheduler:eu-central-1:111122223333:schedule/default/s");
  const auto read = *call("GetSchedule", {{"Name", "s"}});
  EXPECT_EQ(text_or(read, "ScheduleExpressionTimezone"), "Europe/Berlin");
  EXPECT_EQ(text_or(read, "State"), "ENABLED");
  EXPECT_EQ(text_or(read, "ActionAfterCompletion"), "NONE");
  EXPECT_EQ(integer_or(*find(find(read, "Target"), "RetryPolicy"), "MaximumRetryAttempts", 0), 185);
  EXPECT_EQ(array_at(*call("ListSchedules", {{"MaxResults", 1}}), "Schedules").size(), 1u);
  Object changed = schedule("s");
  changed["State"] = "DISABLED";
  ASSERT_TRUE(call("UpdateSchedule", changed));
  EXPECT_EQ(text_or(*call("GetSchedule", {{"Name", "s"}}), "State"), "DISABLED");
  ASSERT_TRUE(call("DeleteSchedule", {{"Name", "s"}}));
  EXPECT_EQ(call("GetSchedule", {{"Name", "s"}}).error().message, "Schedule s does not exist.");
}

TEST_F(SchedulerStory, GroupsAndTags) {
  const auto made = call("CreateScheduleGroup", {{"Name", "g"}, {"Tags", Array{Object{{"Key", "a"}, {"Value", "1"}}}}});
  const std::string arn = text_or(*made, "ScheduleGroupArn");
  ASSERT_TRUE(call("TagResource", {{"ResourceArn", arn}, {"Tags", Array{Object{{"Key", "b"}, {"Value", "2"}}}}}));
  ASSERT_TRUE(call("UntagResource", {{"ResourceArn", arn}, {"TagKeys", Array{"a"}}}));
  EXPECT_EQ(to_json(*find(*call("ListTagsForResource", {{"ResourceArn", arn}}), "Tags")), R"([{"Key":"b","Value":"2"}])");
  EXPECT_EQ(array_at(*call("ListScheduleGroups", {}), "ScheduleGroups").size(), 2u);
  ASSERT_TRUE(call("DeleteScheduleGroup", {{"Name", "g"}}));
  EXPECT_EQ(call("GetScheduleGroup", {{"Name", "g"}}).error().code, "ResourceNotFoundException");
}

TEST_F(SchedulerStory, WindowsAndTargetsThatAreRefused) {
  Object flexible = schedule("s");
  flexible["FlexibleTimeWindow"] = Object{{"Mode", "FLEXIBLE"}};
  EXPECT_EQ(call("CreateSchedule", flexible).error().code, "ValidationException");
  EXPECT_EQ(call("CreateSchedule", flexible).error().message,
            "MaximumWindowInMinutes must be provided when FlexibleTimeWindowMode is set to FLEXIBLE.");
  const auto words = [&](const char* member, Document value) {
    Object wanted = schedule("s");
    wanted["Target"].as_object()[member] = std::move(value);
    const auto made = call("CreateSchedule", wanted);
    return made ? std::string() : made.error().message;
  };
  EXPECT_EQ(words("EventBridgeParameters", Object{{"Source", "s"}, {"DetailType", "d"}}),
            "Parameters EventBridgeParameters not supported for the target.");
  EXPECT_EQ(words("SqsParameters", Object{{"MessageGroupId", "g"}}), "Parameters MessageGroupId not valid for the target.");
  EXPECT_EQ(words("Arn", "arn:aws:sqs:eu-central-1:111122223333:q.fifo"), "Parameters SqsParameters must be specified.");
  EXPECT_EQ(words("Arn", "arn:aws:sqs:eu-west-1:111122223333:q"),
            "The target ARN provided does not match the current region eu-central-1.");
  EXPECT_EQ(words("Arn", "arn:aws:events:eu-central-1:111122223333:event-bus/default"),
            "Parameters EventBridgeParameters must be specified.");
  Object elsewhere = schedule("s");
  elsewhere["Target"].as_object()["KinesisParameters"] = Object{{"PartitionKey", "k"}};
  EXPECT_EQ(call("CreateSchedule", elsewhere).error().code, "ValidationException");
}

}  // namespace
}  // namespace tocsin::api
