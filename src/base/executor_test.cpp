#include "base/executor.h"

#include <gtest/gtest.h>

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
  const std::vector<std::pair<int, Instant>> expected = {{1, instant_from_ns(0) + 1s}, {2, instant_from_ns(0) + 3h}, {3, instant_from_ns(0) + 3h + 1s}};
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

}  // namespace
}  // namespace tocsin
