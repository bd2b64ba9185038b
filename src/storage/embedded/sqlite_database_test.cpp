#include "storage/embedded/sqlite_database.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/ids.h"
#include "base/simulated_executor.h"
#include "storage/state_executor.h"

namespace tocsin::storage {
namespace {

namespace fs = std::filesystem;

class SqliteDatabaseTest : public testing::Test {
 protected:
  SqliteDatabaseTest() {
    SystemRandom random;
    folder_ = fs::temp_directory_path() / ("tocsin-sqlite-" + make_hex(random, 12));
    fs::create_directories(folder_);
  }
  ~SqliteDatabaseTest() override { fs::remove_all(folder_); }
  std::string path() const { return (folder_ / "state.db").string(); }

 private:
  fs::path folder_;
};

TEST_F(SqliteDatabaseTest, WhatWasAnsweredIsThereAfterReopening) {
  {
    auto database = *open_sqlite_database(path());
    ASSERT_TRUE(database->migrate("t", {{1, "CREATE TABLE t_things (name TEXT PRIMARY KEY, size INTEGER)"}}));
    ManualClock clock(instant_from_ns(0));
    SimulatedExecutor executor(clock);
    StateExecutor state(executor, *database);
    int answered = 0;
    state.submit(
        [&]() -> Result<void> {
          database->execute("INSERT INTO t_things VALUES (?, ?)", {"kept", 1});
          return {};
        },
        [&](Result<void> result) { answered += result.has_value(); });
    state.submit(
        [&]() -> Result<void> {
          database->execute("INSERT INTO t_things VALUES (?, ?)", {"undone", 1});
          return fail(ErrorKind::invalid, "no");
        },
        [&](Result<void> result) { EXPECT_EQ(result.error().kind, ErrorKind::invalid); });
    executor.run_ready();
    EXPECT_EQ(answered, 1);
  }
  auto database = *open_sqlite_database(path());
  const Rows rows = database->query("SELECT name FROM t_things", {});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].text(0), "kept");
}

TEST_F(SqliteDatabaseTest, ASecondServerIsRefusedWithTheHoldersProcess) {
  auto first = open_sqlite_database(path());
  ASSERT_TRUE(first);
  auto second = open_sqlite_database(path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::unavailable);
  EXPECT_NE(second.error().message.find("another server"), std::string::npos);
  first->reset();
  EXPECT_TRUE(open_sqlite_database(path()));
}

TEST_F(SqliteDatabaseTest, TheFileIsForItsOwnerAlone) {
  auto database = *open_sqlite_database(path());
  EXPECT_EQ(fs::status(path()).permissions() & (fs::perms::group_all | fs::perms::others_all), fs::perms::none);
}

TEST_F(SqliteDatabaseTest, TextHoldsAnyBytes) {
  auto database = open_memory_database();
  database->execute("CREATE TABLE t (a TEXT, b REAL, c INTEGER, d TEXT)");
  const std::string bytes("\0\xff'x\n", 5);
  database->execute("INSERT INTO t VALUES (?, ?, ?, ?)", {bytes, 1.5, std::int64_t{1} << 60, std::optional<std::string>{}});
  const auto row = database->query_one("SELECT a, b, c, d FROM t WHERE a=?", {bytes});
  ASSERT_TRUE(row);
  EXPECT_EQ(row->text(0), bytes);
  EXPECT_EQ(row->real(1), 1.5);
  EXPECT_EQ(row->integer(2), std::int64_t{1} << 60);
  EXPECT_TRUE(row->is_null(3));
  EXPECT_EQ(database->execute("UPDATE t SET c=?", {5}), 1);
}

TEST_F(SqliteDatabaseTest, NestedSavepointsUndoAlone) {
  auto database = open_memory_database();
  database->execute("CREATE TABLE t (a INTEGER)");
  database->begin_group();
  const Result<void> outer = database->atomically([&]() -> Result<void> {
    database->execute("INSERT INTO t VALUES (1)");
    const Result<void> inner = database->atomically([&]() -> Result<void> {
      database->execute("INSERT INTO t VALUES (2)");
      return fail(ErrorKind::conflict, "no");
    });
    EXPECT_FALSE(inner);
    database->execute("INSERT INTO t VALUES (3)");
    return {};
  });
  EXPECT_TRUE(outer);
  EXPECT_TRUE(database->commit_group());
  EXPECT_EQ(database->query_one("SELECT SUM(a) FROM t")->integer(0), 4);
}

TEST_F(SqliteDatabaseTest, AConstraintPoisonsItsUnitAlone) {
  auto database = open_memory_database();
  database->execute("CREATE TABLE t (a INTEGER PRIMARY KEY)");
  ManualClock clock(instant_from_ns(0));
  SimulatedExecutor executor(clock);
  StateExecutor state(executor, *database);
  std::vector<bool> answers;
  const auto done = [&](Result<void> result) { answers.push_back(result.has_value()); };
  const auto insert = [&](int value) {
    return [&database, value]() -> Result<void> {
      database->execute("INSERT INTO t VALUES (?)", {value});
      database->execute("INSERT INTO t VALUES (?)", {value + 100});
      return {};
    };
  };
  state.submit(insert(1), done);
  state.submit(insert(101), done);
  state.submit(insert(2), done);
  executor.run_ready();
  EXPECT_EQ(answers, (std::vector{true, false, true}));
  EXPECT_EQ(database->query_one("SELECT COUNT(*) FROM t")->integer(0), 4);
}

TEST_F(SqliteDatabaseTest, MigrationsRunOnceAndANewerFileIsRefused) {
  auto database = *open_sqlite_database(path());
  const std::vector<Migration> old = {{1, "CREATE TABLE m_a (x INTEGER); INSERT INTO m_a VALUES (1)"}};
  const std::vector<Migration> young = {old[0], {2, "INSERT INTO m_a VALUES (2)"}};
  ASSERT_TRUE(database->migrate("m", old));
  ASSERT_TRUE(database->migrate("m", young));
  ASSERT_TRUE(database->migrate("m", young));
  EXPECT_EQ(database->query_one("SELECT SUM(x) FROM m_a")->integer(0), 3);
  const Result<void> refused = database->migrate("m", old);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
}

TEST_F(SqliteDatabaseTest, AWrongStatementAbortsWithItsText) {
  auto database = open_memory_database();
  EXPECT_DEATH(database->query("SELECT x FROM nowhere", {}), "no such table.*SELECT x");
  EXPECT_DEATH(database->query("SELECT ?", {}), "number of parameters");
}

}  // namespace
}  // namespace tocsin::storage
