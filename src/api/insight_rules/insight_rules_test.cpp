#include "api/insight_rules/insight_rules.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/logs/block_log_store.h"
#include "telemetry/metrics/memory_ingest_log.h"

namespace tocsin::api {
namespace {

const Scope shop{"111122223333", "eu-west-1"};
constexpr std::int64_t now_ms = 1'760'000'040'000;
const std::string by_ip =
    R"({"Schema":{"Name":"CloudWatchLogRule","Version":1},"LogGroupNames":["/api*"],"LogFormat":"JSON","Contribution":{"Keys":["$.ip"]},"AggregateOn":"Count"})";

struct World {
  ManualClock clock{instant_from_ms(now_ms)};
  SimulatedExecutor executor{clock};
  std::unique_ptr<storage::Database> database = storage::open_memory_database(), state_database = storage::open_memory_database();
  telemetry::MemoryIngestLog log;
  telemetry::BlockLogStore store{executor, *database, log};
  storage::StateExecutor state{executor, *state_database};
  telemetry::LogSettings settings{state};
  telemetry::ContributorReports reports{executor, store};
  std::vector<Operation> operations =
      insight_rule_operations(state, settings, reports,
                              {[](const Call&, std::string_view key) { return std::string(key); },
                               [](const Call&, std::string_view token) { return std::optional<std::string>(token); }});
  World() {
    EXPECT_TRUE(store.open());
    EXPECT_TRUE(settings.migrate());
  }
  Reply ask(const std::string& name, Object input) {
    std::optional<Reply> reply;
    const Call call{.service = "cloudwatch", .operation = name, .input = std::move(input), .scope = shop, .now = clock.now()};
    for (const Operation& each : operations) {
      if (each.name != name) continue;
      if (const auto* handle = std::get_if<Handle>(&each.handle))
        state.submit([&, handle]() -> Result<void> {
          reply = (*handle)(call);
          return {};
        });
      else
        std::get<HandleLater>(each.handle)(call, [&](Reply later) { reply = std::move(later); });
    }
    executor.run_ready();
    return reply ? *reply : Reply(refuse("no answer", name));
  }
  void see(std::string ip) {
    ASSERT_TRUE(store.append(*telemetry::ensure_stream(store, shop, "/api/x", "a"), {{to_ms(clock.now()), R"({"ip":")" + ip + "\"}"}}));
  }
  Object report() {
    return {{"RuleName", "r"},
            {"StartTime", (now_ms - 3'600'000) * 1'000'000},
            {"EndTime", (now_ms + 3'600'000) * 1'000'000},
            {"Period", 60},
            {"Metrics", Array{"Sum", "UniqueContributors"}}};
  }
};

TEST(InsightRules, CountWhatCameSinceTheyWereEnabled) {
  World world;
  world.see("before");
  world.executor.run_for(std::chrono::seconds(1));
  ASSERT_TRUE(world.ask("PutInsightRule", {{"RuleName", "r"}, {"RuleDefinition", by_ip}}));
  world.see("a");
  world.see("b");
  world.see("b");
  const auto report = world.ask("GetInsightRuleReport", world.report());
  ASSERT_TRUE(report);
  EXPECT_EQ(
      to_json(*report),
      R"({"KeyLabels":["$.ip"],"AggregationStatistic":"SampleCount","AggregateValue":3E0,"ApproximateUniqueCount":2,"Contributors":[{"Keys":["b"],"ApproximateAggregateValue":2E0,)"
      R"("Datapoints":[{"Timestamp":1760000040000000000,"ApproximateValue":2E0}]},{"Keys":["a"],"ApproximateAggregateValue":1E0,"Datapoints":[{"Timestamp":1760000040000000000,)"
      R"("ApproximateValue":1E0}]}],"MetricDatapoints":[{"Timestamp":1760000040000000000,"UniqueContributors":2E0,"Sum":3E0}]})");
  world.executor.run_for(std::chrono::seconds(1));
  ASSERT_TRUE(world.ask("DisableInsightRules", {{"RuleNames", Array{"r", "none"}}}));
  world.executor.run_for(std::chrono::seconds(1));
  world.see("unseen");
  EXPECT_EQ(integer_or(*world.ask("GetInsightRuleReport", world.report()), "ApproximateUniqueCount", 0), 2);
  EXPECT_EQ(text_or(array_at(*world.ask("DescribeInsightRules", {}), "InsightRules")[0], "State"), "DISABLED");
  EXPECT_EQ(array_at(*world.ask("DeleteInsightRules", {{"RuleNames", Array{"none"}}}), "Failures").size(), 1u);
  ASSERT_TRUE(world.ask("DeleteInsightRules", {{"RuleNames", Array{"r"}}}));
  EXPECT_EQ(world.ask("GetInsightRuleReport", world.report()).error().code, "ResourceNotFoundException");
}

TEST(InsightRules, BrokenOnesAreRefused) {
  World world;
  EXPECT_EQ(world.ask("PutInsightRule", {{"RuleName", "r"}, {"RuleDefinition", "{}"}}).error().code, "InvalidParameterValueException");
  EXPECT_EQ(world.ask("PutInsightRule", {{"RuleName", "r"}, {"RuleState", "ON"}, {"RuleDefinition", by_ip}}).error().code,
            "InvalidParameterValueException");
}

}  // namespace
}  // namespace tocsin::api
