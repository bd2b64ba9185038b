// What a user archives and then sees again, in virtual time.
#include "events/archives/archives.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/simulated_executor.h"
#include "base/text_time.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::events {
namespace {

using namespace std::chrono_literals;

class ArchivesStory : public testing::Test {
 protected:
  template <typename Work>
  auto in_unit(Work work) {
    std::optional<decltype(work())> result;
    state.submit([&]() -> Result<void> { return result.emplace(work()), Result<void>{}; });
    executor.run_ready();
    return std::move(*result);
  }

  ArchivesStory() {
    EXPECT_TRUE(journal.migrate() && outbox.migrate() && timers.migrate() && queues.migrate() && rules.migrate() && archives.migrate());
    rules.start();
    archives.start();
    outbox.start();
    timers.start();
    journal.start();
    executor.run_ready();
    queue = in_unit([&] { return queues.create(scope, "q", {}, {}); })->arn();
    EXPECT_TRUE(in_unit([&] {
      return rules.put_rule({.scope = scope, .bus = default_bus, .name = "r", .pattern = R"({"source":["shop"]})", .schedule = {}});
    }));
    EXPECT_TRUE(in_unit([&] { return rules.put_targets(scope, default_bus, "r", Array{Object{{"Id", "t"}, {"Arn", queue}}}); }));
  }

  void put_event(const std::string& word) {
    in_unit([&] {
      return journal.append({.scope = scope,
                             .event_time = clock.now(),
                             .source = "shop",
                             .type = "Order",
                             .detail = Object{{"state", word}},
                             .bus = default_bus});
    });
    executor.run_for(1ms);
  }
  std::vector<std::string> received() {
    std::vector<std::string> out;
    const auto messages = *in_unit([&] { return queues.receive(queue, {.count_max = 10}); });
    for (const auto& message : messages) {
      out.push_back(message.body);
      EXPECT_TRUE(in_unit([&] { return queues.remove_message(queue, message.receipt_handle); }));
    }
    return out;
  }
  Result<Archive> create(const std::string& name, const std::string& pattern = {}) {
    return in_unit([&] {
      return archives.create(
          {.scope = scope, .name = name, .bus = {}, .description = {}, .pattern = pattern, .key_identifier = {}, .created_at = {}},
          bus_arn);
    });
  }
  Result<Replay> replay(const std::string& name, Instant from, Instant to, Array rule_arns = {}) {
    return in_unit([&] {
      Replay wanted{.scope = scope,
                    .name = name,
                    .archive = {},
                    .description = {},
                    .destination = Object{{"Arn", bus_arn}},
                    .from = from,
                    .to = to,
                    .reason = {},
                    .started_at = {},
                    .ended_at = {},
                    .last_replayed = {}};
      if (!rule_arns.empty()) wanted.destination.as_object()["FilterArns"] = rule_arns;
      return archives.start_replay(wanted, "arn:aws:events:eu-central-1:111122223333:archive/a");
    });
  }

  const Scope scope{"111122223333", "eu-central-1"};
  const std::string bus_arn = "arn:aws:events:eu-central-1:111122223333:event-bus/default";
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
  Archives archives{state, journal, timers, rules};
  std::string queue;
};

TEST_F(ArchivesStory, WhatWasArchivedIsReplayedToTheRulesOfItsBus) {
  ASSERT_TRUE(create("a", R"({"detail":{"state":["paid","sent"]}})"));
  const Instant begin = clock.now();
  put_event("paid");
  put_event("open");
  executor.run_for(90s);
  put_event("sent");
  EXPECT_EQ(received().size(), 3u);
  EXPECT_EQ(in_unit([&] { return archives.find(scope, "a"); })->event_count, 2);

  ASSERT_TRUE(replay("again", begin, clock.now() + 1s));
  executor.run_for(1s);
  const auto seen = received();
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_NE(seen[0].find(R"("replay-name":"again")"), std::string::npos);
  EXPECT_NE(seen[0].find("paid"), std::string::npos);
  const auto done = in_unit([&] { return archives.find_replay(scope, "again"); });
  EXPECT_EQ(done->state, ReplayState::completed);
  EXPECT_TRUE(done->ended_at && done->last_replayed);
  // what was replayed is not archived again
  EXPECT_EQ(in_unit([&] { return archives.find(scope, "a"); })->event_count, 2);
}

TEST_F(ArchivesStory, OnlyTheTimesAndRulesThatWereAskedFor) {
  ASSERT_TRUE(create("a"));
  const Instant begin = clock.now();
  put_event("one");
  executor.run_for(60s);
  put_event("two");
  received();
  ASSERT_TRUE(replay("first", begin, begin + 30s));
  executor.run_for(1s);
  EXPECT_EQ(received().size(), 1u);
  ASSERT_TRUE(replay("others", begin, clock.now(), {"arn:aws:events:eu-central-1:111122223333:rule/other"}));
  executor.run_for(1s);
  EXPECT_EQ(received().size(), 0u);
}

TEST_F(ArchivesStory, Refusals) {
  ASSERT_TRUE(create("a"));
  EXPECT_EQ(create("a").error().message, "Archive a already exists.");
  EXPECT_EQ(create("b", R"({"a":"x"})").error().reason, "InvalidEventPatternException");
  EXPECT_EQ(replay("r", clock.now(), clock.now()).error().message,
            "Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.");
  ASSERT_TRUE(replay("r", clock.now() - 1s, clock.now()));
  EXPECT_EQ(replay("r", clock.now() - 1s, clock.now()).error().message, "Replay r already exists.");
  executor.run_for(1s);
  EXPECT_EQ(in_unit([&] { return archives.cancel_replay(scope, "r"); }).error().reason, "IllegalStatusException");
  EXPECT_EQ(in_unit([&] { return archives.find(scope, "none"); }).error().message, "Archive none does not exist.");
}

TEST_F(ArchivesStory, RetentionEnds) {
  ASSERT_TRUE(create("a"));
  ASSERT_TRUE(
      in_unit([&] { return archives.update(scope, "a", {.description = {}, .pattern = {}, .key_identifier = {}, .retention_days = 1}); }));
  put_event("one");
  executor.run_for(23h);
  put_event("two");
  executor.run_for(3h);
  EXPECT_EQ(in_unit([&] { return archives.find(scope, "a"); })->event_count, 1);
}

}  // namespace
}  // namespace tocsin::events
