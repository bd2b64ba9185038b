#include "storage/remembered.h"

#include <gtest/gtest.h>

#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::storage {
namespace {

class RememberedTest : public ::testing::Test {
 protected:
  RememberedTest() { (void)database->migrate("t", {{1, "CREATE TABLE t_names (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)"}}); }

  std::string value() {
    return *names.get("a", [&] {
      ++reads;
      const auto row = database->query_one("SELECT value FROM t_names WHERE name = 'a'");
      return row ? row->text(0) : std::string("none");
    });
  }
  void write(const std::string& text) {
    state.note_change("names");
    database->execute("INSERT INTO t_names (name, value) VALUES ('a', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", {text});
  }
  /// What a unit that does this sees at its end.
  std::string unit(const std::function<Result<void>()>& work) {
    std::string seen;
    state.submit([&]() -> Result<void> {
      auto done = work();
      seen = value();
      return done;
    });
    executor.run_ready();
    return seen;
  }
  std::string read() {
    return unit([] { return Result<void>(); });
  }

  ManualClock clock{instant_from_ms(0)};
  SimulatedExecutor executor{clock};
  std::unique_ptr<Database> database = open_memory_database();
  StateExecutor state{executor, *database};
  Remembered<std::string> names{state, "names", 10};
  int reads = 0;
};

TEST_F(RememberedTest, IsReadOnceUntilItChanges) {
  EXPECT_EQ(read(), "none");
  EXPECT_EQ(read(), "none");
  EXPECT_EQ(reads, 1);
  EXPECT_EQ(unit([&] { return write("one"), Result<void>(); }), "one") << "within the unit too";
  EXPECT_EQ(read(), "one");
  EXPECT_EQ(read(), "one");
  EXPECT_EQ(reads, 3);
}

TEST_F(RememberedTest, NothingOfAUnitThatIsUndoneIsRemembered) {
  EXPECT_EQ(read(), "none");
  EXPECT_EQ(unit([&]() -> Result<void> {
              write("undone");
              return fail(ErrorKind::invalid, "no");
            }),
            "undone");
  EXPECT_EQ(read(), "none");
  // a part of a unit that is undone, seen by units of the same group
  std::string behind;
  state.submit([&]() -> Result<void> {
    (void)state.atomically([&]() -> Result<void> {
      write("part");
      EXPECT_EQ(value(), "part");
      return fail(ErrorKind::invalid, "no");
    });
    EXPECT_EQ(value(), "none");
    return {};
  });
  state.submit([&]() -> Result<void> {
    behind = value();
    return {};
  });
  executor.run_ready();
  EXPECT_EQ(behind, "none");
  EXPECT_EQ(read(), "none");
}

TEST_F(RememberedTest, HoldsNoMoreThanItMay) {
  for (int i = 0; i < 100; ++i)
    state.submit([&, i]() -> Result<void> {
      EXPECT_EQ(*names.get(std::to_string(i), [&] { return std::to_string(i); }), std::to_string(i));
      return {};
    });
  executor.run_ready();
  EXPECT_EQ(read(), "none");
}

}  // namespace
}  // namespace tocsin::storage
