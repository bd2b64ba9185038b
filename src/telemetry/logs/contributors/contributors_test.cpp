#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/random.h"
#include "base/simulated_executor.h"
#include "fuzz/input_count.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/logs/block_log_store.h"
#include "telemetry/logs/contributors/contributor_reports.h"
#include "telemetry/logs/contributors/rule_metrics.h"
#include "telemetry/metrics/memory_ingest_log.h"

namespace tocsin::telemetry {
namespace {

const std::string by_ip =
    R"({"Schema":{"Name":"CloudWatchLogRule","Version":1},"LogGroupNames":["/api*"],"LogFormat":"JSON","Contribution":{"Keys":["$.ip"],"ValueOf":"$.bytes",)"
    R"("Filters":[{"Match":"$.method","In":["PUT","POST"]},{"Match":"$.bytes","GreaterThan":10}]},"AggregateOn":"Sum"})";
const std::string clf =
    R"({"Schema":{"Name":"CloudWatchLogRule","Version":1},"LogGroupNames":["/web"],"LogFormat":"CLF","Fields":{"1":"Ip","3":"Status"},)"
    R"("Contribution":{"Keys":["Ip"],"Filters":[{"Match":"Status","EqualTo":200}]},"AggregateOn":"Count"})";

TEST(ContributorRule, TakesKeysAndValuesFromEvents) {
  const auto rule = *ContributorRule::parse(by_ip);
  EXPECT_TRUE(rule.reads("/api/gateway"));
  EXPECT_FALSE(rule.reads("/web"));
  const auto counted = rule.contribution(MessageView(R"({"ip":"1.2.3.4","method":"PUT","bytes":20})"));
  ASSERT_TRUE(counted);
  EXPECT_EQ(counted->keys, (std::vector<std::string>{"1.2.3.4"}));
  EXPECT_EQ(counted->value, 20);
  for (const char* message : {R"({"ip":"1.2.3.4","method":"GET","bytes":20})", R"({"ip":"1.2.3.4","method":"PUT","bytes":5})",
                              R"({"method":"PUT","bytes":20})", "x"})
    EXPECT_FALSE(rule.contribution(MessageView(message))) << message;
  const auto lines = *ContributorRule::parse(clf);
  EXPECT_TRUE(lines.contribution(MessageView(R"(1.2.3.4 "GET /" 200)")));
  EXPECT_FALSE(lines.contribution(MessageView(R"(1.2.3.4 "GET /" 500)")));
}

TEST(ContributorRule, BrokenOnesAreRefused) {
  EXPECT_FALSE(ContributorRule::parse("{}"));
  const auto changed = [](const std::string& from, const std::string& to) {
    std::string text = by_ip;
    text.replace(text.find(from), from.size(), to);
    return ContributorRule::parse(text).has_value();
  };
  EXPECT_FALSE(changed("\"Sum\"", "\"Count\""));
  EXPECT_FALSE(changed("$.ip", "ip"));
  EXPECT_FALSE(changed("\"In\"", "\"Near\""));
  EXPECT_FALSE(changed("JSON", "XML"));
}

TEST(RuleMetrics, AreASeriesOfTheRulesReport) {
  ManualClock clock{instant_from_ms(1'760'000'040'000)};
  SimulatedExecutor executor{clock};
  const auto database = storage::open_memory_database(), state_database = storage::open_memory_database();
  storage::StateExecutor state{executor, *state_database};
  LogSettings settings{state};
  ASSERT_TRUE(settings.migrate());
  MemoryIngestLog log;
  BlockLogStore store{executor, *database, log};
  ASSERT_TRUE(store.open());
  const Scope shop{"111122223333", "eu-west-1"};
  const auto stream = *ensure_stream(store, shop, "/api/x", "a");
  ContributorReports reports{executor, store};
  RuleMetrics metrics{settings, reports, 3};
  state.submit([&]() -> Result<void> {
    settings.put(log_setting::insight_rule, {shop, "", "ips", Object{{"Definition", by_ip}, {"Spans", Array{Object{{"from", 0}}}}}});
    return {};
  });
  executor.run_ready();
  const auto see = [&](const char* ip, int bytes, std::int64_t after_ms) {
    ASSERT_TRUE(store.append(stream, {{1'760'000'040'000 + after_ms,
                                       R"({"method":"PUT","ip":")" + std::string(ip) + R"(","bytes":)" + std::to_string(bytes) + "}"}}));
  };
  see("a", 20, 0), see("b", 30, 1'000), see("a", 40, 120'000);
  const MathSpan span{clock.now(), clock.now() + std::chrono::minutes(5), 60};
  const auto unique = *metrics.rule_metric(shop, "ips", RuleMetric::unique_contributors, span);
  ASSERT_EQ(unique.size(), 2u);  // the minute between has none
  EXPECT_EQ(unique[0], (TimeValue{clock.now(), 2}));
  EXPECT_EQ(unique[1], (TimeValue{clock.now() + std::chrono::minutes(2), 1}));
  EXPECT_EQ((*metrics.rule_metric(shop, "ips", RuleMetric::sum, span))[0].value, 50);
  EXPECT_EQ((*metrics.rule_metric(shop, "ips", RuleMetric::average, span))[0].value, 25);
  EXPECT_EQ(metrics.rule_metric(shop, "none", RuleMetric::sum, span).error().message, "Rule none does not exist");
  see("c", 20, 3'000);
  EXPECT_EQ(metrics.rule_metric(shop, "ips", RuleMetric::sum, span).error().message,
            "The rule has more than 3 log events in this time range");
}

TEST(ContributorReports, RankContributorsByPeriod) {
  ManualClock clock{instant_from_ms(1'000'000)};
  SimulatedExecutor executor{clock};
  const auto database = storage::open_memory_database();
  MemoryIngestLog log;
  BlockLogStore store{executor, *database, log};
  ASSERT_TRUE(store.open());
  const Scope shop{"111122223333", "eu-west-1"};
  const auto stream = *ensure_stream(store, shop, "/api/x", "a");
  const auto put = [&](std::int64_t time_ms, const char* ip, int bytes) {
    ASSERT_TRUE(
        store.append(stream, {{time_ms, R"({"method":"PUT","ip":")" + std::string(ip) + R"(","bytes":)" + std::to_string(bytes) + "}"}}));
  };
  put(900'000, "a", 20);
  put(900'001, "b", 30);
  put(960'000, "a", 25);
  put(1'000'000, "late", 99);
  ContributorReports reports(executor, store);
  std::optional<ContributorReport> report;
  reports.count({.scope = shop,
                 .rule = *ContributorRule::parse(by_ip),
                 .enabled = {{0, INT64_MAX}},
                 .start_ms = 900'000,
                 .end_ms = 1'000'000,
                 .period_s = 60},
                [&](ContributorReport found) { report = std::move(found); });
  executor.run_ready();
  ASSERT_TRUE(report);
  const auto top = report->top(1, ContributorReport::Order::by_sum);
  ASSERT_EQ(top.size(), 1u);
  EXPECT_EQ(top[0].keys[0], "a");
  EXPECT_EQ(top[0].values, (std::map<std::int64_t, double>{{900'000, 20}, {960'000, 25}}));
  EXPECT_EQ(report->top(1, ContributorReport::Order::by_maximum)[0].keys[0], "b");
  EXPECT_EQ(report->unique_count(), 2u);
  EXPECT_EQ(report->total(), 75);
  EXPECT_EQ(report->periods().at(900'000).contributors, 2);
}

// Strategy: damage a definition. Invariant: parsed or refused, no crash.
TEST(ContributorRuleFuzz, AnyDefinitionIsParsedOrRefused) {
  SeededRandom random{1};
  for (int i = 0; i < fuzz::input_count(3000); ++i) {
    std::string text = i % 2 ? by_ip : clf;
    for (int n = 0; n < 2; ++n) text[random.below(text.size())] = random.letters("{}[]\",:0$.a", 1)[0];
    if (const auto rule = ContributorRule::parse(text)) (void)rule->contribution(MessageView(R"({"ip":1,"bytes":2})"));
  }
}

}  // namespace
}  // namespace tocsin::telemetry
