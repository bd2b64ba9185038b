// What a user schedules and then sees in queues, in virtual time.
#include "events/schedules/schedules.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/simulated_executor.h"
#include "base/text_time.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::events {
namespace {

using namespace std::chrono_literals;

class SchedulesStory : public testing::Test {
 protected:
  template <typename Work>
  auto in_unit(Work work) {
    std::optional<decltype(work())> result;
    state.submit([&]() -> Result<void> { return result.emplace(work()), Result<void>{}; });
    executor.run_ready();
    return std::move(*result);
  }

  SchedulesStory() {
    EXPECT_TRUE(journal.migrate() && outbox.migrate() && timers.migrate() && queues.migrate() && rules.migrate() && schedules.migrate());
    rules.bind("sns", [this](const TargetDelivery&) -> Result<void> { return ++tries, fail(ErrorKind::unavailable, "busy"); });
    rules.start();
    schedules.start();
    outbox.start();
    timers.start();
    journal.start();
    executor.run_ready();
    queue = in_unit([&] { return queues.create(scope, "q", {}, {}); })->arn();
    dead = in_unit([&] { return queues.create(scope, "dead", {}, {}); })->arn();
  }

  TargetSchedule wanted(const std::string& name, const std::string& expression, const std::string& zone = "UTC") {
    return {.scope = scope,
            .name = name,
            .plan = {expression, zone, {}, {}, {}},
            .definition = Object{{"Target", Object{{"Arn", queue}, {"RoleArn", "r"}, {"Input", "now <aws.scheduler.scheduled-time>"}}}},
            .modified_at = {}};
  }
  Result<TargetSchedule> create(TargetSchedule schedule) {
    return in_unit([&] { return schedules.create(schedule); });
  }
  std::vector<delivery::ReceivedMessage> receive(const std::string& arn) {
    std::vector<delivery::ReceivedMessage> out;
    while (true) {
      const auto some = *in_unit([&] { return queues.receive(arn, {.count_max = 10}); });
      if (some.empty()) return out;
      for (const auto& message : some) {
        out.push_back(message);
        EXPECT_TRUE(in_unit([&] { return queues.remove_message(arn, message.receipt_handle); }));
      }
    }
  }
  std::vector<std::string> bodies() {
    std::vector<std::string> out;
    for (const auto& message : receive(queue)) out.push_back(message.body);
    return out;
  }

  const Scope scope{"111122223333", "eu-central-1"};
  ManualClock clock{*parse_rfc3339("2026-03-28T12:00:00Z")};
  SimulatedExecutor executor{clock};
  SeededRandom random{7};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  Journal journal{state, random};
  delivery::Outbox outbox{state, random};
  delivery::Timers timers{state};
  delivery::Queues queues{state, random, nullptr};
  Rules rules{state, random, journal, outbox, timers, queues, nullptr};
  Schedules schedules{state, random, timers, rules, [](const std::string&, const std::string&) { return Result<void>(); }};
  std::string queue, dead;
  int tries = 0;
};

using Texts = std::vector<std::string>;

TEST_F(SchedulesStory, AtOnceAndThenGone) {
  TargetSchedule once = wanted("once", "at(2026-03-28T14:00:00)", "Europe/Berlin");
  once.delete_after = true;
  ASSERT_TRUE(create(once));
  executor.run_for(59min);
  EXPECT_EQ(bodies(), Texts{});
  executor.run_for(2min);
  EXPECT_EQ(bodies(), Texts{"now 2026-03-28T13:00:00Z"});
  EXPECT_EQ(in_unit([&] { return schedules.find(scope, "default", "once"); }).error().message, "Schedule once does not exist.");
}

TEST_F(SchedulesStory, DaylightSavingSkipsAndDoublesNothing) {
  // on 29 March 02:30 does not exist in Berlin
  ASSERT_TRUE(create(wanted("night", "cron(30 2 * * ? *)", "Europe/Berlin")));
  ASSERT_TRUE(create(wanted("morning", "cron(0 9 * * ? *)", "Europe/Berlin")));
  executor.run_for(48h);
  EXPECT_EQ(bodies(), (Texts{"now 2026-03-29T07:00:00Z", "now 2026-03-30T00:30:00Z", "now 2026-03-30T07:00:00Z"}));
}

TEST_F(SchedulesStory, ARateWithStartAndEnd) {
  TargetSchedule rate = wanted("rate", "rate(10 minutes)");
  rate.plan.start = clock.now() + 5min;
  rate.plan.end = clock.now() + 30min;
  ASSERT_TRUE(create(rate));
  executor.run_for(2h);
  EXPECT_EQ(bodies(), (Texts{"now 2026-03-28T12:05:00Z", "now 2026-03-28T12:15:00Z", "now 2026-03-28T12:25:00Z"}));
}

TEST_F(SchedulesStory, WithinAFlexibleWindow) {
  TargetSchedule loose = wanted("loose", "rate(1 hour)");
  loose.window_minutes = 15;
  ASSERT_TRUE(create(loose));
  executor.run_for(60min);
  executor.run_for(16min);
  EXPECT_EQ(bodies(), Texts{"now 2026-03-28T13:00:00Z"});
}

TEST_F(SchedulesStory, DisabledAndAgain) {
  ASSERT_TRUE(create(wanted("s", "rate(1 minute)")));
  TargetSchedule off = wanted("s", "rate(1 minute)");
  off.enabled = false;
  ASSERT_TRUE(in_unit([&] { return schedules.update(off); }));
  executor.run_for(5min);
  EXPECT_EQ(bodies(), Texts{});
  ASSERT_TRUE(in_unit([&] { return schedules.update(wanted("s", "rate(1 minute)")); }));
  executor.run_for(3min);
  EXPECT_EQ(bodies().size(), 3u);
}

TEST_F(SchedulesStory, ATargetThatFailsIsTriedAndThenADeadLetter) {
  TargetSchedule failing = wanted("failing", "at(2026-03-28T12:01:00)");
  failing.definition["Target"] = Object{{"Arn", "arn:aws:sns:eu-central-1:111122223333:t"},
                                        {"RoleArn", "r"},
                                        {"RetryPolicy", Object{{"MaximumRetryAttempts", 2}}},
                                        {"DeadLetterConfig", Object{{"Arn", dead}}}};
  ASSERT_TRUE(create(failing));
  executor.run_for(10min);
  EXPECT_EQ(tries, 3);
  const auto letters = receive(dead);
  ASSERT_EQ(letters.size(), 1u);
  const auto attribute = [&](const char* name) { return letters[0].attributes.at(name).value; };
  EXPECT_EQ(attribute("SCHEDULE_ARN"), "arn:aws:scheduler:eu-central-1:111122223333:schedule/default/failing");
  EXPECT_EQ(attribute("EXHAUSTED_RETRY_CONDITION"), "MaximumRetryAttempts");
  EXPECT_EQ(attribute("SCHEDULED_TIME"), "2026-03-28T12:01:00Z");
}

TEST_F(SchedulesStory, GroupsHoldSchedules) {
  const ScheduleGroup group{.scope = scope, .name = "g", .tags = {{"k", "v"}}, .created_at = {}, .modified_at = {}};
  ASSERT_TRUE(in_unit([&] { return schedules.create_group(group); }));
  EXPECT_EQ(in_unit([&] { return schedules.create_group(group); }).error().reason, "ConflictException");
  TargetSchedule inside = wanted("s", "rate(1 minute)");
  inside.group = "g";
  ASSERT_TRUE(create(inside));
  ASSERT_TRUE(in_unit([&] { return schedules.remove_group(scope, "g"); }));
  executor.run_for(5min);
  EXPECT_EQ(bodies(), Texts{});
  EXPECT_EQ(create(inside).error().message, "Schedule group g does not exist.");
}

TEST_F(SchedulesStory, Refusals) {
  EXPECT_EQ(create(wanted("s", "rate(0 minutes)")).error().message, "Invalid Schedule Expression rate(0 minutes).");
  EXPECT_EQ(create(wanted("s", "rate(5 minutes)", "Mars/Base")).error().message, "Invalid Schedule Expression Timezone Mars/Base.");
  TargetSchedule ended = wanted("s", "rate(5 minutes)");
  ended.plan.end = clock.now() - 1s;
  EXPECT_EQ(create(ended).error().reason, "ValidationException");
  ASSERT_TRUE(create(wanted("s", "rate(5 minutes)")));
  EXPECT_EQ(create(wanted("s", "rate(5 minutes)")).error().message, "Schedule s already exists.");
}

}  // namespace
}  // namespace tocsin::events
