#include "base/executor.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include "base/simulated_executor.h"

namespace tocsin {
namespace {

using namespace std::chrono_literals;

TEST(SimulatedExecutor, RunsTimedTasksInOrderOfTimeAndMovesTheClock) {
  ManualClock clock(instant_from_ns(0));
  SimulatedExecutor executor(clock);
  std::vector<std::pair<int, Instant>> seen;
  executor.post_after(3h, [&] { seen.emplace_back(2, executor.now()); });
  executor.post_after(1s, [&] {
    seen.emplace_back(1, executor.now());
    executor.post_after(3h, [&] { seen.emplace_back(3, executor.now()); });
  });
  const TimerId cancelled = executor.post_after(2s, [&] { seen.emplace_back(9, executor.now()); });
  executor.cancel(cancelled);
  executor.run_for(4h);
  const std::vector<std::pair<int, Instant>> expected = {
      {1, instant_from_ns(0) + 1s}, {2, instant_from_ns(0) + 3h}, {3, instant_from_ns(0) + 3h + 1s}};
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(clock.now(), instant_from_ns(0) + 4h);
}

TEST(ThreadExecutor, RunsPostedAndDueTasksOnOneThread) {
  SystemClock clock;
  auto executor = make_thread_executor(clock, "test");
  std::promise<std::thread::id> first, second;
  executor->post([&] { first.set_value(std::this_thread::get_id()); });
  executor->post_at(clock.now(), [&] { second.set_value(std::this_thread::get_id()); });
  EXPECT_TRUE(first.get_future().get() == second.get_future().get());
}

/// A clock that somebody sets while it runs.
struct SteppedClock final : Clock {
  Instant now() const override { return SystemClock().now() + Duration(step_ns.load()); }
  std::atomic<std::int64_t> step_ns = 0;
};

TEST(ThreadExecutor, AClockThatIsSetNeitherHoldsUpNorHastensWhatWaitsForASpan) {
  for (const Duration step : {Duration(-1h), Duration(1h)}) {
    SteppedClock clock;
    auto executor = make_thread_executor(clock, "test");
    std::promise<void> done;
    const auto begun = std::chrono::steady_clock::now();
    executor->post_after(400ms, [&] { done.set_value(); });
    clock.step_ns = step.count();
    ASSERT_EQ(done.get_future().wait_for(10s), std::future_status::ready) << "a step back of an hour must not hold it up";
    EXPECT_GE(std::chrono::steady_clock::now() - begun, 390ms) << "a step ahead of an hour must not hasten it";
  }
}

TEST(ThreadExecutor, WhatWaitsForAMomentComesWhenTheClockIsSetBeyondIt) {
  SteppedClock clock;
  auto executor = make_thread_executor(clock, "test");
  std::promise<void> done;
  executor->post_after(30min, [&] { done.set_value(); });
  clock.step_ns = Duration(1h).count();
  EXPECT_EQ(done.get_future().wait_for(10s), std::future_status::ready);
}

}  // namespace
}  // namespace tocsin
