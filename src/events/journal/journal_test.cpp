#include "events/journal/journal.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::events {
namespace {

using namespace std::chrono_literals;

const Instant start = instant_from_ms(1'795'500'000'000);
const Scope scope{"123456789012", "eu-west-1"};

/// One life of a server over a database that outlives it.
struct Life {
  Life(ManualClock& clock, storage::Database& database) : executor(clock), state(executor, database), journal(state, random) {
    EXPECT_TRUE(journal.migrate());
  }
  void begin() {
    journal.start();
    executor.run_ready();
  }
  void subscribe(std::string name) {
    journal.subscribe(name, [this, name](const EventEnvelope& event) -> Result<void> {
      seen[name].push_back(event.type);
      return {};
    });
  }
  std::string append(EventEnvelope event) {
    std::string id;
    state.submit([&]() -> Result<void> {
      id = journal.append(std::move(event));
      return {};
    });
    executor.run_ready();
    return id;
  }

  SimulatedExecutor executor;
  // a life draws other ids than the one before
  inline static std::uint64_t lives = 0;
  SeededRandom random{++lives};
  storage::StateExecutor state;
  Journal journal;
  std::map<std::string, std::vector<std::string>> seen;
};

EventEnvelope event(std::string type, std::string key = {}) {
  return {.scope = scope,
          .event_time = start,
          .source = "test",
          .type = std::move(type),
          .detail = Object{{"n", 1}},
          .idempotency_key = std::move(key)};
}

using Types = std::vector<std::string>;

class JournalTest : public testing::Test {
 protected:
  ManualClock clock{start};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
};

TEST_F(JournalTest, EveryConsumerSeesEveryEventOnceInOrder) {
  Life life(clock, *database);
  life.subscribe("rules");
  life.subscribe("incidents");
  life.begin();
  for (int i = 0; i < 200; ++i) life.append(event(std::to_string(i)));
  for (const char* name : {"rules", "incidents"}) {
    ASSERT_EQ(life.seen[name].size(), 200u);
    for (int i = 0; i < 200; ++i) EXPECT_EQ(life.seen[name][static_cast<std::size_t>(i)], std::to_string(i));
  }
}

TEST_F(JournalTest, GoesOnAfterARestartWhereItWasAndANewConsumerBeginsAtTheEnd) {
  {
    Life before(clock, *database);
    before.subscribe("rules");
    before.begin();
    before.append(event("a"));
  }
  {
    Life away(clock, *database);  // nobody consumes
    for (int i = 0; i < 300; ++i) away.append(event("missed"));
  }
  Life after(clock, *database);
  after.subscribe("rules");
  after.subscribe("new");
  after.begin();
  after.append(event("z"));
  EXPECT_EQ(after.seen["rules"].size(), 301u);
  EXPECT_EQ(after.seen["new"], Types{"z"});
}

TEST_F(JournalTest, AnUndoneUnitAppendsNothing) {
  Life life(clock, *database);
  life.subscribe("rules");
  life.begin();
  life.state.submit([&]() -> Result<void> {
    life.journal.append(event("undone"));
    return fail(ErrorKind::invalid, "no");
  });
  life.append(event("kept"));
  EXPECT_EQ(life.seen["rules"], Types{"kept"});
}

TEST_F(JournalTest, WhatAConsumerAppendsIsCausedByItsEventAndAChainEndsAtTen) {
  Life life(clock, *database);
  std::vector<EventEnvelope> chain;
  life.journal.subscribe("echo", [&](const EventEnvelope& cause) -> Result<void> {
    chain.push_back(cause);
    EventEnvelope next = event("next");
    life.journal.append(next);
    return {};
  });
  life.begin();
  const std::string first = life.append(event("first"));
  ASSERT_EQ(chain.size(), 11u);
  for (std::size_t i = 0; i < chain.size(); ++i) {
    EXPECT_EQ(chain[i].depth, static_cast<int>(i));
    EXPECT_EQ(chain[i].correlation_id, first);
    if (i > 0) {
      EXPECT_EQ(chain[i].causation_id, chain[i - 1].id);
    }
  }
}

TEST_F(JournalTest, ATimersEventIsPutBehindTheEventThatItRemembers) {
  Life life(clock, *database);
  life.begin();
  const std::string first = life.append(event("first"));
  EventEnvelope later = event("later");
  later.causation_id = first;
  const auto found = life.journal.find(life.append(later));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->correlation_id, first);
  EXPECT_EQ(found->depth, 1);
}

TEST_F(JournalTest, AKeyNamesOneEvent) {
  Life life(clock, *database);
  life.subscribe("rules");
  life.begin();
  const std::string id = life.append(event("a", "key"));
  EXPECT_EQ(life.append(event("b", "key")), id);
  EventEnvelope elsewhere = event("c", "key");
  elsewhere.scope.region = "us-east-1";
  EXPECT_NE(life.append(elsewhere), id);
  EXPECT_EQ(life.seen["rules"], (Types{"a", "c"}));
}

TEST_F(JournalTest, AFailingConsumerHoldsItselfAloneAndUndoesItsUnit) {
  Life life(clock, *database);
  int failures = 3;
  Types done;
  life.journal.subscribe(
      "broken",
      [&](const EventEnvelope& seen) -> Result<void> {
        life.journal.append(event("by broken of " + seen.type, seen.type));
        if (seen.type == "b" && failures-- > 0) return fail(ErrorKind::unavailable, "peer away");
        done.push_back(seen.type);
        return {};
      },
      [](const EventEnvelope& seen) { return seen.type.size() == 1; });
  life.subscribe("rules");
  life.begin();
  for (const char* type : {"a", "b", "c"}) life.append(event(type));
  EXPECT_EQ(done, Types{"a"});
  EXPECT_EQ(life.seen["rules"], (Types{"a", "by broken of a", "b", "c"}));
  life.executor.run_for(6s);
  EXPECT_EQ(done, Types{"a"});
  life.executor.run_for(1s);
  EXPECT_EQ(done, (Types{"a", "b", "c"}));
  EXPECT_EQ(life.seen["rules"], (Types{"a", "by broken of a", "b", "c", "by broken of b", "by broken of c"}));
}

TEST_F(JournalTest, OfABatchInWhichOneFailsTheOthersAreDoneOnce) {
  {
    Life before(clock, *database);
    before.subscribe("picky");
    before.begin();
  }
  {
    Life away(clock, *database);
    for (const char* type : {"a", "b", "bad", "c"}) away.append(event(type));
  }
  Life life(clock, *database);
  life.journal.subscribe("picky", [&](const EventEnvelope& seen) -> Result<void> {
    life.state.database().execute("INSERT INTO done (type) VALUES (?)", {seen.type});
    if (seen.type == "bad") return fail(ErrorKind::invalid, "no such thing");
    return {};
  });
  ASSERT_TRUE(database->migrate("done", {{1, "CREATE TABLE done (type TEXT NOT NULL)"}}));
  life.begin();
  life.executor.run_for(1min);
  Types done;
  for (const auto& row : database->query("SELECT type FROM done ORDER BY type", {})) done.push_back(row.text(0));
  EXPECT_EQ(done, (Types{"a", "b", "c"}));
}

TEST_F(JournalTest, AConsumerThatThrowsHoldsItselfAloneAndLosesNothing) {
  Life life(clock, *database);
  int throws = 1;
  Types done;
  life.journal.subscribe("careless", [&](const EventEnvelope& seen) -> Result<void> {
    if (throws-- > 0) throw std::runtime_error("not an object");
    done.push_back(seen.type);
    return {};
  });
  life.subscribe("rules");
  life.begin();
  for (const char* type : {"a", "b"}) life.append(event(type));
  EXPECT_EQ(life.seen["rules"], (Types{"a", "b"}));
  EXPECT_TRUE(done.empty());
  life.executor.run_for(1s);
  EXPECT_EQ(done, (Types{"a", "b"}));
}

TEST_F(JournalTest, AnEventThatAConsumerCallsInvalidIsSkipped) {
  Life life(clock, *database);
  Types done;
  life.journal.subscribe("picky", [&](const EventEnvelope& seen) -> Result<void> {
    if (seen.type == "bad") return fail(ErrorKind::invalid, "no such thing");
    done.push_back(seen.type);
    return {};
  });
  life.begin();
  for (const char* type : {"a", "bad", "c"}) life.append(event(type));
  EXPECT_EQ(done, (Types{"a", "c"}));
}

TEST_F(JournalTest, KeepsAllMembersOfAnEvent) {
  Life life(clock, *database);
  EventEnvelope full = event("type", "key");
  full.schema_version = 3;
  full.subject_arn = "arn:aws:sns:eu-west-1:123456789012:t";
  full.resources = {"arn:1", "arn:2"};
  full.bus = "orders";
  const auto found = life.journal.find(life.append(full));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->schema_version, 3);
  EXPECT_EQ(found->scope, scope);
  EXPECT_EQ(found->event_time, start);
  EXPECT_EQ(found->recorded_time, start);
  EXPECT_EQ(found->subject_arn, full.subject_arn);
  EXPECT_EQ(found->resources, full.resources);
  EXPECT_EQ(found->bus, "orders");
  EXPECT_EQ(found->idempotency_key, "key");
  EXPECT_EQ(found->detail, full.detail);
}

TEST_F(JournalTest, FindsWhatHappenedBetweenTwoMomentsInAScope) {
  Life life(clock, *database);
  for (int minute : {3, 1, 2, 4}) {
    EventEnvelope one = event(std::to_string(minute));
    one.event_time = start + minute * 1min;
    life.append(one);
  }
  EventEnvelope elsewhere = event("x");
  elsewhere.scope.account = "999999999999";
  elsewhere.event_time = start + 2min;
  life.append(elsewhere);
  Types types;
  for (const EventEnvelope& found : life.journal.between(scope, start + 1min, start + 4min, 100)) types.push_back(found.type);
  EXPECT_EQ(types, (Types{"1", "2", "3"}));
  EXPECT_EQ(life.journal.between(scope, start, start + 1h, 2).size(), 2u);
}

TEST_F(JournalTest, TrimKeepsTheLastDayAndWhatAConsumerHasYetToSeeAndPositionsGoOn) {
  {
    Life life(clock, *database);
    int failures = 1;
    life.journal.subscribe("slow", [&](const EventEnvelope& seen) -> Result<void> {
      if (seen.type == "b" && failures-- > 0) return fail(ErrorKind::unavailable, "peer away");
      return {};
    });
    life.begin();
    for (int i = 0; i < 4999; ++i) life.append(event("a"));
    life.append(event("b"));
    const auto trim = [&] {
      life.state.submit([&]() -> Result<void> { return life.journal.trim(life.state.now()), Result<void>{}; });
      life.executor.run_ready();
      return database->query_one("SELECT COUNT(*) FROM events_journal")->integer(0);
    };
    EXPECT_EQ(trim(), 5000);
    clock.advance(25h);
    EXPECT_EQ(trim(), 1);
    life.executor.run_for(1s);
    EXPECT_EQ(trim(), 0);
  }
  Life after(clock, *database);
  after.subscribe("slow");
  after.begin();
  after.append(event("c"));
  EXPECT_EQ(after.seen["slow"], Types{"c"});
}

}  // namespace
}  // namespace tocsin::events
