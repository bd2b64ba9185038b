#include <gtest/gtest.h>

#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"
#include "storage/state_executor.h"

namespace tocsin::storage {
namespace {

using namespace std::chrono_literals;

class CallsFirst : public testing::Test {
 protected:
  /// A unit that takes so long, and says that it ran.
  StateExecutor::Work unit(const std::string& name, Duration takes) {
    return [this, name, takes]() -> Result<void> {
      clock.advance(takes);
      ran.push_back(name);
      return {};
    };
  }
  /// How many units of the storm ran before the first call that came while it went on.
  long storm_units_before_the_call() const { return std::find(ran.begin(), ran.end(), "call") - ran.begin(); }

  ManualClock clock{instant_from_ms(1'795'500'000'000)};
  SimulatedExecutor executor{clock};
  std::unique_ptr<Database> database = open_memory_database();
  StateExecutor state{executor, *database};
  std::vector<std::string> ran;
};

TEST_F(CallsFirst, AStormOfWorkDelaysACallByAGroupAtMost) {
  for (int i = 0; i < 1000; ++i)
    state.submit_behind([this, i]() -> Result<void> {
      if (i == 100) executor.post([this] { state.submit(unit("call", 1ms)); });
      return unit("storm", 5ms)();
    });
  executor.run_for(10s);
  EXPECT_EQ(ran.size(), 1001u) << "nothing is forgotten";
  EXPECT_LE(storm_units_before_the_call(), 110);
}

TEST_F(CallsFirst, WhatIsWaitingAlreadyRunsBeforeTheStorm) {
  for (int i = 0; i < 10; ++i) state.submit_behind(unit("storm", 1ms));
  state.submit(unit("call", 1ms));
  executor.run_for(1s);
  EXPECT_EQ(storm_units_before_the_call(), 0);
}

TEST_F(CallsFirst, CallsWithoutEndStarveNothing) {
  int calls = 0;
  std::function<void()> again = [&] {
    if (++calls < 2000) state.submit(unit("call", 1ms), [&](Result<void>) { again(); });
  };
  for (int i = 0; i < 300; ++i) again();
  for (int i = 0; i < 20; ++i) state.submit_behind(unit("storm", 1ms));
  executor.run_for(10s);
  const auto last = std::find(ran.rbegin(), ran.rend(), "storm");
  EXPECT_LT(ran.rend() - last, 1200) << "all of it within the first groups";
}

TEST_F(CallsFirst, OrderIsKeptAmongWhatRunsBehind) {
  for (const char* name : {"a", "b", "c"}) state.submit_behind(unit(name, 30ms));
  executor.run_for(1s);
  EXPECT_EQ(ran, (std::vector<std::string>{"a", "b", "c"}));
}

}  // namespace
}  // namespace tocsin::storage
