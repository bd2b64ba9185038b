#include "telemetry/sampling/sampling_rules.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::telemetry {
namespace {
using namespace std::chrono_literals;

TEST(SamplingShare, AddsUpToTheReservoir) {
  for (const std::int64_t reservoir : {0, 1, 7, 100})
    for (const std::size_t clients : {1u, 3u, 8u}) {
      std::int64_t sum = 0;
      for (std::size_t i = 0; i < clients; ++i) sum += share_of(reservoir, i, clients);
      EXPECT_EQ(sum, reservoir);
    }
}

class Rules : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(rules.migrate()); }
  void in_unit(std::function<void()> work) {
    state.submit([&]() -> Result<void> { return work(), Result<void>(); });
    executor.run_ready();
  }
  ManualClock clock{instant_from_ms(1'795'500'000'000)};
  SimulatedExecutor executor{clock};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  SamplingRules rules{state};
  const Scope scope{"111122223333", "eu-west-1"};
};

TEST_F(Rules, TheDefaultIsAlwaysThereAndLast) {
  in_unit([&] {
    ASSERT_EQ(rules.list(scope).size(), 1u);
    rules.put(scope, Object{{"RuleName", "b"}, {"Priority", 5}, {"ReservoirSize", 3}, {"FixedRate", 0.5}});
    rules.put(scope, Object{{"RuleName", "a"}, {"Priority", 9}, {"ReservoirSize", 3}, {"FixedRate", 0.5}});
    const auto list = rules.list(scope);
    ASSERT_EQ(list.size(), 3u);
    EXPECT_EQ(list[0].name, "b");
    EXPECT_EQ(list[1].name, "a");
    EXPECT_EQ(list[2].name, "Default");
    EXPECT_EQ(rules.last_modified(scope), clock.now());
  });
}

TEST_F(Rules, ClientsShareAReservoirWhileTheyReport) {
  const auto quota = [&](const char* client) {
    std::int64_t got = -1;
    in_unit([&] {
      if (const auto target = rules.report(scope, {.rule = "r", .client = client, .at = clock.now(), .requests = 10, .sampled = 2}))
        got = target->quota;
    });
    return got;
  };
  EXPECT_EQ(quota("one"), -1);
  in_unit([&] { rules.put(scope, Object{{"RuleName", "r"}, {"Priority", 5}, {"ReservoirSize", 5}, {"FixedRate", 0.1}}); });
  EXPECT_EQ(quota("one"), 5);
  EXPECT_EQ(quota("two"), 2);
  EXPECT_EQ(quota("one"), 3);
  executor.run_for(31s);
  EXPECT_EQ(quota("one"), 5) << "the other is gone";
  in_unit([&] {
    std::int64_t requests = 0;
    for (const SamplingSummary& summary : rules.summaries(scope)) requests += summary.requests;
    EXPECT_EQ(requests, 40);
  });
}

}  // namespace
}  // namespace tocsin::telemetry
