// Stories of a clock that somebody sets while timers wait.
#include "delivery/clock_steps.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/simulated_executor.h"
#include "delivery/parcel_store.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::delivery {
namespace {

using namespace std::chrono_literals;

const Instant start = instant_from_ms(1'795'500'000'000);

class ClockStepsTest : public testing::Test {
 protected:
  ClockStepsTest() {
    EXPECT_TRUE(timers.migrate());
    EXPECT_TRUE(ParcelStore(*database).migrate());
    for (const char* kind : {"page", "schedule"})
      timers.handle(kind, [this](const std::string& key, Instant, const Document&) -> Result<void> {
        fired.push_back(key);
        return {};
      });
    timers.start();
    executor.run_ready();
  }
  void set(const char* kind, const char* key, Duration in) {
    state.submit([&]() -> Result<void> { return timers.set(kind, key, executor.now() + in), Result<void>(); });
    executor.run_ready();
  }
  /// Real time goes on, and the clock with it.
  void wait(Duration span) {
    steady += span;
    executor.run_for(span);
  }
  /// Somebody sets the clock; it is noticed a moment later.
  void set_clock(Duration by) {
    clock.set(clock.now() + by);
    steps.look();
    executor.run_ready();
  }

  ManualClock clock{start};
  SimulatedExecutor executor{clock};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  Timers timers{state};
  Duration steady = 7h;
  ClockSteps steps{state, timers, [this] { return steady; }, {"schedule"}};
  std::vector<std::string> fired;
};

using Fired = std::vector<std::string>;

TEST_F(ClockStepsTest, AnHourBackHoldsUpNoPage) {
  set("page", "stage 2", 5min);
  set("page", "stage 3", 30min);
  wait(1min);
  set_clock(-1h);
  wait(3min);
  EXPECT_EQ(fired, Fired{});
  wait(2min);
  EXPECT_EQ(fired, Fired{"stage 2"});
  wait(25min);
  EXPECT_EQ(fired, (Fired{"stage 2", "stage 3"}));
}

TEST_F(ClockStepsTest, AnHourAheadHastensNone) {
  set("page", "stage 2", 5min);
  wait(1min);
  set_clock(1h);
  wait(3min);
  EXPECT_EQ(fired, Fired{});
  wait(2min);
  EXPECT_EQ(fired, Fired{"stage 2"});
}

TEST_F(ClockStepsTest, AnHourAheadEndsNoParcelThatMayStillBeTried) {
  ParcelStore parcels(*database);
  state.submit([&]() -> Result<void> {
    parcels.insert({.channel = "smtp", .owner = "pages", .content = Object{}, .plan = {{1min}, 10min}}, false, executor.now(), false);
    return {};
  });
  wait(1min);
  set_clock(1h);
  EXPECT_TRUE(parcels.expired("smtp", executor.now(), 10).empty());
  wait(10min);
  EXPECT_EQ(parcels.expired("smtp", executor.now(), 10).size(), 1u);
}

TEST_F(ClockStepsTest, WhatIsDueAtAMomentComesAtThatMoment) {
  set("schedule", "at six", 30min);
  set_clock(-1h);
  wait(1h);
  EXPECT_EQ(fired, Fired{});
  wait(31min);
  EXPECT_EQ(fired, Fired{"at six"});
}

TEST_F(ClockStepsTest, ASlowClockIsNoStep) {
  set("page", "stage 2", 5min);
  for (int i = 0; i < 4; ++i) {
    steady += 1min + 500ms;  // half a second lost each minute
    executor.run_for(1min);
    steps.look();
    executor.run_ready();
  }
  EXPECT_EQ(fired, Fired{});
  wait(1min);
  EXPECT_EQ(fired, Fired{"stage 2"});
}

}  // namespace
}  // namespace tocsin::delivery
