#include "delivery/timers.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::delivery {
namespace {

using namespace std::chrono_literals;

const Instant start = instant_from_ms(1'795'500'000'000);

/// One life of a server over a database that outlives it.
struct Life {
  Life(ManualClock& clock, storage::Database& database) : executor(clock), state(executor, database), timers(state) {
    EXPECT_TRUE(timers.migrate());
    timers.handle("tick", [this](const std::string& key, Instant due, const Document&) -> Result<void> {
      fired.emplace_back(key, due);
      if (failures-- > 0) return fail(ErrorKind::internal, "not now");
      return on_tick ? on_tick(key) : Result<void>{};
    });
    timers.start();
    executor.run_ready();
  }
  void in_unit(std::function<void()> work) {
    state.submit([work]() -> Result<void> { return work(), Result<void>{}; });
    executor.run_ready();
  }

  SimulatedExecutor executor;
  storage::StateExecutor state;
  Timers timers;
  std::vector<std::pair<std::string, Instant>> fired;
  std::function<Result<void>(const std::string&)> on_tick;
  int failures = 0;
};

using Fired = std::vector<std::pair<std::string, Instant>>;

class TimersTest : public testing::Test {
 protected:
  ManualClock clock{start};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
};

TEST_F(TimersTest, FiresAtItsTimeAndOnce) {
  Life life(clock, *database);
  life.in_unit([&] {
    life.timers.set("tick", "b", start + 2min);
    life.timers.set("tick", "a", start + 1min, Object{{"n", 1}});
  });
  life.executor.run_for(59s);
  EXPECT_TRUE(life.fired.empty());
  life.executor.run_for(1h);
  EXPECT_EQ(life.fired, (Fired{{"a", start + 1min}, {"b", start + 2min}}));
}

TEST_F(TimersTest, SettingAgainMovesAndCancellingRemoves) {
  Life life(clock, *database);
  life.in_unit([&] {
    life.timers.set("tick", "a", start + 1min);
    life.timers.set("tick", "b", start + 1min);
  });
  life.in_unit([&] {
    life.timers.set("tick", "a", start + 1h);
    life.timers.cancel("tick", "b");
  });
  life.executor.run_for(30min);
  EXPECT_TRUE(life.fired.empty());
  life.executor.run_for(31min);
  EXPECT_EQ(life.fired, (Fired{{"a", start + 1h}}));
}

TEST_F(TimersTest, WhatATimerSetsIntoThePastFiresInItsPlace) {
  Life life(clock, *database);
  life.on_tick = [&](const std::string& key) -> Result<void> {
    if (key == "early") life.timers.set("tick", "between", start - 20min);
    return {};
  };
  life.in_unit([&] {
    life.timers.set("tick", "late", start - 10min);
    life.timers.set("tick", "early", start - 30min);
  });
  life.executor.run_for(0s);
  EXPECT_EQ(life.fired, (Fired{{"early", start - 30min}, {"between", start - 20min}, {"late", start - 10min}}));
}

TEST_F(TimersTest, OverdueOnesFireInOrderAtStart) {
  {
    Life before(clock, *database);
    before.in_unit([&] {
      before.timers.set("tick", "b", start + 30min);
      before.timers.set("tick", "a", start + 10min);
    });
  }
  clock.advance(2h);
  Life after(clock, *database);
  after.executor.run_for(0s);
  EXPECT_EQ(after.fired, (Fired{{"a", start + 10min}, {"b", start + 30min}}));
}

TEST_F(TimersTest, AFailingOneIsKeptUndoneAndRetriedWhileOthersGoOn) {
  Life life(clock, *database);
  life.failures = 1;
  life.in_unit([&] {
    life.timers.set("tick", "a", start + 1min);
    life.timers.set("tick", "b", start + 1min + 1s);
  });
  life.executor.run_for(1min + 5s);
  EXPECT_EQ(life.fired, (Fired{{"a", start + 1min}, {"b", start + 1min + 1s}}));
  life.executor.run_for(10s);
  EXPECT_EQ(life.fired.back(), (std::pair<std::string, Instant>{"a", start + 1min}));
  EXPECT_EQ(life.fired.size(), 3u);
}

TEST_F(TimersTest, OneThatThrowsHoldsNoOther) {
  Life life(clock, *database);
  life.on_tick = [&](const std::string& key) -> Result<void> {
    if (key == "a") throw std::runtime_error("a defect");
    return {};
  };
  life.in_unit([&] {
    life.timers.set("tick", "a", start - 2s);
    life.timers.set("tick", "b", start - 1s);
  });
  life.executor.run_for(1s);
  EXPECT_EQ(life.fired, (Fired{{"a", start - 2s}, {"b", start - 1s}}));
}

TEST_F(TimersTest, AHandlerMaySetItsOwnTimerAgain) {
  Life life(clock, *database);
  life.on_tick = [&](const std::string& key) -> Result<void> {
    life.timers.set("tick", key, life.state.now() + 1min);
    return {};
  };
  life.in_unit([&] { life.timers.set("tick", "a", start + 1min); });
  life.executor.run_for(10min);
  EXPECT_EQ(life.fired.size(), 10u);
}

TEST_F(TimersTest, AnUndoneUnitSetsNothing) {
  Life life(clock, *database);
  life.state.submit([&]() -> Result<void> {
    life.timers.set("tick", "a", start + 1min);
    return fail(ErrorKind::invalid, "no");
  });
  life.executor.run_for(1h);
  EXPECT_TRUE(life.fired.empty());
}

}  // namespace
}  // namespace tocsin::delivery
