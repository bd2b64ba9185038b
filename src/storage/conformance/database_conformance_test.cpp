#include "base/simulated_executor.h"
#include "storage/conformance/worlds.h"
#include "storage/state_executor.h"

namespace tocsin::storage {
namespace {

class DatabaseConformance : public testing::TestWithParam<Engine> {
 protected:
  DatabaseConformance() : world(GetParam().make()) { open(); }

  void open() {
    database = world->open_database();
    state = std::make_unique<StateExecutor>(executor, *database);
    ASSERT_TRUE(database->migrate("t", {{1, "CREATE TABLE t_things (name TEXT PRIMARY KEY, size INTEGER, weight REAL)"}}));
  }
  /// The server ends here and now, and starts again.
  void crash() {
    world->crash();
    state.reset();
    database.reset();
    open();
  }
  void insert(const std::string& name) { database->execute("INSERT INTO t_things (name, size) VALUES (?, 1)", {name}); }
  std::string names() {
    std::string all;
    for (const Row& row : database->query("SELECT name FROM t_things ORDER BY name", {})) all += row.text(0) + " ";
    return all;
  }
  Result<void> in_unit(StateExecutor::Work work) {
    Result<void> answer = fail(ErrorKind::internal, "not answered");
    state->submit(std::move(work), [&answer](Result<void> result) { answer = std::move(result); });
    executor.run_ready();
    return answer;
  }

  std::unique_ptr<World> world;
  ManualClock clock{instant_from_ns(0)};
  SimulatedExecutor executor{clock};
  std::unique_ptr<Database> database;
  std::unique_ptr<StateExecutor> state;
};

TEST_P(DatabaseConformance, AnAnsweredUnitSurvivesACrash) {
  EXPECT_TRUE(in_unit([&]() -> Result<void> { return insert("kept"), Result<void>{}; }));
  crash();
  EXPECT_EQ(names(), "kept ");
}

TEST_P(DatabaseConformance, AGroupThatIsNotCommittedLeavesNothing) {
  database->begin_group();
  insert("lost");
  crash();
  EXPECT_EQ(names(), "");
}

TEST_P(DatabaseConformance, AnErrorUndoesItsUnitAloneAndItsAfterTasks) {
  std::string after;
  const auto unit = [&](std::string name, bool good) {
    return [&, name, good]() -> Result<void> {
      insert(name);
      state->after_commit([&after, name] { after += name; });
      if (!good) return fail(ErrorKind::conflict, "no");
      return {};
    };
  };
  std::vector<std::string> answers;
  const auto done = [&](Result<void> result) { answers.push_back(result ? "ok" : result.error().message); };
  state->submit(unit("a", true), done);
  state->submit(unit("b", false), done);
  state->submit(unit("c", true), done);
  executor.run_ready();
  EXPECT_EQ(answers, (std::vector<std::string>{"ok", "no", "ok"}));
  EXPECT_EQ(after, "ac");
  EXPECT_EQ(names(), "a c ");
}

TEST_P(DatabaseConformance, AnUndonePartForgetsItsAfterTasks) {
  std::string after;
  const auto part = [&](std::string name, Result<void> end) {
    return [&, name, end]() -> Result<void> {
      insert(name);
      state->after_commit([&after, name] { after += name; });
      return end;
    };
  };
  EXPECT_TRUE(in_unit([&]() -> Result<void> {
    (void)part("a", {})();
    (void)state->atomically([&]() -> Result<void> {
      (void)state->atomically(part("b", {}));
      (void)state->atomically(part("c", fail(ErrorKind::conflict, "no")));
      return fail(ErrorKind::conflict, "no");
    });
    EXPECT_THROW((void)state->atomically([&]() -> Result<void> {
      (void)part("d", {})();
      throw std::runtime_error("boom");
    }),
                 std::runtime_error);
    (void)state->atomically(part("e", {}));
    return {};
  }));
  EXPECT_EQ(after, "ae");
  EXPECT_EQ(names(), "a e ");
}

TEST_P(DatabaseConformance, AReadingUnitReadsAndMayNotWrite) {
  (void)in_unit([&]() -> Result<void> { return insert("a"), Result<void>{}; });
  std::vector<std::string> answers;
  const auto done = [&](Result<void> result) { answers.push_back(result ? "ok" : result.error().kind == ErrorKind::unavailable ? "unavailable" : "other"); };
  state->submit_reading(
      [&]() -> Result<void> {
        EXPECT_TRUE(state->is_reading());
        EXPECT_EQ(names(), "a ");
        return {};
      },
      done);
  state->submit_reading([&]() -> Result<void> { return insert("b"), Result<void>{}; }, done);
  executor.run_ready();
  EXPECT_EQ(answers, (std::vector<std::string>{"ok", "unavailable"}));
  EXPECT_FALSE(state->is_reading());
  EXPECT_TRUE(in_unit([&]() -> Result<void> { return insert("c"), Result<void>{}; }));
  EXPECT_EQ(names(), "a c ");
}

TEST_P(DatabaseConformance, SavepointsNest) {
  EXPECT_TRUE(in_unit([&]() -> Result<void> {
    insert("a");
    (void)database->atomically([&]() -> Result<void> {
      insert("b");
      (void)database->atomically([&]() -> Result<void> { return insert("c"), Result<void>{}; });
      return fail(ErrorKind::conflict, "no");
    });
    (void)database->atomically([&]() -> Result<void> { return insert("d"), Result<void>{}; });
    return {};
  }));
  EXPECT_EQ(names(), "a d ");
}

TEST_P(DatabaseConformance, ARefusedWritePoisonsItsUnitUntilItsEnd) {
  EXPECT_TRUE(in_unit([&]() -> Result<void> { return insert("a"), Result<void>{}; }));
  const Result<void> answer = in_unit([&]() -> Result<void> {
    insert("b");
    insert("a");
    EXPECT_TRUE(database->poisoned());
    EXPECT_EQ(names(), "") << "reads give nothing";
    EXPECT_EQ(database->execute("DELETE FROM t_things"), 0) << "writes do nothing";
    return {};
  });
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
  EXPECT_FALSE(database->poisoned());
  EXPECT_EQ(names(), "a ");
}

TEST_P(DatabaseConformance, AnExceptionUndoesItsUnitAloneAlsoFromWithinASavepoint) {
  Result<void> thrown, next;
  state->submit(
      [&]() -> Result<void> {
        insert("a");
        return database->atomically([&]() -> Result<void> {
          insert("b");
          throw std::runtime_error("a defect");
        });
      },
      [&](Result<void> result) { thrown = std::move(result); });
  state->submit([&]() -> Result<void> { return insert("c"), Result<void>{}; }, [&](Result<void> result) { next = std::move(result); });
  executor.run_ready();
  EXPECT_EQ(thrown.error().kind, ErrorKind::internal);
  EXPECT_TRUE(next);
  EXPECT_EQ(names(), "c ");
}

TEST_P(DatabaseConformance, ValuesComeBackAsTheyWent) {
  const std::string bytes("\0\xff'\n", 4);
  database->execute("INSERT INTO t_things VALUES (?, ?, ?)", {bytes, std::int64_t{-1} << 62, 0.1});
  const auto row = database->query_one("SELECT name, size, weight FROM t_things WHERE name=?", {bytes});
  ASSERT_TRUE(row);
  EXPECT_EQ(row->text(0), bytes);
  EXPECT_EQ(row->integer(1), std::int64_t{-1} << 62);
  EXPECT_EQ(row->real(2), 0.1);
}

TEST_P(DatabaseConformance, UpsertsCountTheirRow) {
  const char* upsert = "INSERT INTO t_things (name, size) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET size=excluded.size";
  EXPECT_EQ(database->execute(upsert, {"a", 1}), 1);
  EXPECT_EQ(database->execute(upsert, {"a", 2}), 1);
  EXPECT_EQ(database->execute("INSERT INTO t_things (name) VALUES ('a') ON CONFLICT (name) DO NOTHING"), 0);
  EXPECT_EQ(database->query_one("SELECT size FROM t_things")->integer(0), 2);
}

TEST_P(DatabaseConformance, MigrationsRunOnceInOrderAndANewerSchemaIsRefused) {
  const Migration first = {1, "CREATE TABLE m_log (step INTEGER)"}, second = {2, "INSERT INTO m_log VALUES (2)"};
  ASSERT_TRUE(database->migrate("m", {first}));
  crash();
  ASSERT_TRUE(database->migrate("m", {first, second}));
  ASSERT_TRUE(database->migrate("m", {first, second}));
  EXPECT_EQ(database->query_one("SELECT COUNT(*) FROM m_log")->integer(0), 1);
  const Result<void> refused = database->migrate("m", {first});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
}

TEST_P(DatabaseConformance, UnitsSubmittedInUnitsAndTimedOnesRun) {
  (void)in_unit([&]() -> Result<void> {
    state->submit([&]() -> Result<void> { return insert("second"), Result<void>{}; });
    return insert("first"), Result<void>{};
  });
  const TimerId cancelled =
      state->submit_at(clock.now() + std::chrono::hours(1), [&]() -> Result<void> { return insert("never"), Result<void>{}; });
  state->submit_at(clock.now() + std::chrono::hours(1), [&]() -> Result<void> { return insert("timed"), Result<void>{}; });
  state->cancel(cancelled);
  executor.run_for(std::chrono::hours(2));
  EXPECT_EQ(names(), "first second timed ");
}

TEST_P(DatabaseConformance, ClearedItKeepsItsSchemasAndTheTablesThatAreNamed) {
  const Migration kept = {1, "CREATE TABLE k_keys (name TEXT); INSERT INTO k_keys VALUES ('first')"};
  ASSERT_TRUE(database->migrate("k", {kept}));
  (void)in_unit([&]() -> Result<void> { return insert("a"), insert("b"), Result<void>{}; });
  ASSERT_TRUE(database->clear({"k_keys"}));
  EXPECT_EQ(names(), "");
  crash();
  EXPECT_EQ(names(), "");
  ASSERT_TRUE(database->migrate("k", {kept}));
  EXPECT_EQ(database->query_one("SELECT COUNT(*) FROM k_keys")->integer(0), 1);
  (void)in_unit([&]() -> Result<void> { return insert("new"), Result<void>{}; });
  EXPECT_EQ(names(), "new ");
}

INSTANTIATE_TEST_SUITE_P(Engines, DatabaseConformance, testing::ValuesIn(engines), engine_name);

}  // namespace
}  // namespace tocsin::storage
