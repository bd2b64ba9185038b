// Stories of logs: what is put is found, also after a kill, at every moment of its way to the blocks.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/logs/block_log_store.h"
#include "telemetry/logs/otlp_logs.h"
#include "telemetry/metrics/memory_ingest_log.h"

namespace tocsin::telemetry {
namespace {
using namespace std::chrono_literals;

const Scope shop{"111122223333", "eu-west-1"};
constexpr std::int64_t start_ms = 1'760'000'000'000;

struct World {
  ManualClock clock{instant_from_ms(start_ms)};
  SimulatedExecutor executor{clock};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  MemoryIngestLog log;
  std::unique_ptr<BlockLogStore> store;

  World() { restart(); }
  /// As after kill -9: what was in memory is gone.
  void restart(LogStoreOptions options = {}) {
    store.reset();
    store = std::make_unique<BlockLogStore>(executor, *database, log, options);
    ASSERT_TRUE(store->open());
    store->start();
  }
  LogStreamId stream(const std::string& group = "/shop/payment", const std::string& name = "i-1") {
    return *ensure_stream(*store, shop, group, name);
  }
  void put(std::vector<LogEvent> events) { ASSERT_TRUE(store->append(stream(), events)); }
  std::vector<std::string> find(LogScanPlan plan = {}) {
    if (plan.groups.empty()) plan.groups = {store->find_group(shop, "/shop/payment")->id};
    std::vector<std::string> messages;
    for (const LogRow& row : read_all(*store, plan)) messages.push_back(row.message);
    return messages;
  }
};
using Messages = std::vector<std::string>;

TEST(LogStore, WhatIsPutIsFoundAtOnceAndInOrderOfTime) {
  World world;
  world.put({{start_ms + 2, "second"}, {start_ms + 3, "third"}});
  world.put({{start_ms + 1, "first"}});
  EXPECT_EQ(world.find(), (Messages{"first", "second", "third"}));
  EXPECT_EQ(world.find({.newest_first = true}), (Messages{"third", "second", "first"}));
  EXPECT_EQ(world.find({.from_ms = start_ms + 2, .to_ms = start_ms + 2}), (Messages{"second"}));
  EXPECT_EQ(world.find({.literals = {"ir"}}), (Messages{"first", "third"}));
}

TEST(LogStore, AKillLosesNothingAndNothingComesTwice) {
  World world;
  world.put({{start_ms, "a"}});
  world.restart();
  EXPECT_EQ(world.find(), (Messages{"a"}));
  world.put({{start_ms + 1, "b"}});
  ASSERT_TRUE(world.store->flush());
  world.put({{start_ms + 2, "c"}});
  world.restart();
  EXPECT_EQ(world.find(), (Messages{"a", "b", "c"}));
  world.executor.run_for(6min);
  world.restart();
  EXPECT_EQ(world.find(), (Messages{"a", "b", "c"}));
  EXPECT_EQ(world.log.size(), 0u);
}

TEST(LogStore, ReplayKnowsForEachGroupWhatIsInItsBlocks) {
  World world;
  world.restart({.group_bytes_flush = 1000});
  const LogStreamId quiet = world.stream("/shop/quiet");
  ASSERT_TRUE(world.store->append(quiet, {{start_ms, "quiet"}}));
  world.put({{start_ms, std::string(2000, 'x')}});
  world.executor.run_ready();  // the busy group alone is written; the log keeps both records
  EXPECT_EQ(world.log.size(), 2u);
  world.restart();
  EXPECT_EQ(world.find().size(), 1u);
  EXPECT_EQ(world.find({.groups = {world.store->find_group(shop, "/shop/quiet")->id}}), (Messages{"quiet"}));
}

TEST(LogStore, ManyBlocksAndTheTailAreMergedByTime) {
  World world;
  std::vector<std::int64_t> times;
  for (int round = 0; round < 20; ++round) {
    std::vector<LogEvent> events;
    for (int i = 0; i < 50; ++i) events.push_back({start_ms + (i * 37 + round * 11) % 1000, std::to_string(i)});
    world.put(events);
    if (round % 3 == 0) {
      ASSERT_TRUE(world.store->flush());
    }
  }
  const LogGroupId group = world.store->find_group(shop, "/shop/payment")->id;
  const auto rows = read_all(*world.store, {.groups = {group}});
  EXPECT_EQ(rows.size(), 1000u);
  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end(), [](const LogRow& a, const LogRow& b) { return a.position < b.position; }));
  auto back = read_all(*world.store, {.groups = {group}, .newest_first = true});
  std::reverse(back.begin(), back.end());
  ASSERT_EQ(back.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(back[i].position, rows[i].position);
  const auto rest = read_all(*world.store, {.groups = {group}, .after = rows[399].position});
  ASSERT_EQ(rest.size(), 600u);
  EXPECT_EQ(rest[0].position, rows[400].position);
}

TEST(LogStore, BlocksWithoutTheLiteralAreNotOpened) {
  World world;
  world.put({{start_ms, "payment accepted"}});
  ASSERT_TRUE(world.store->flush());
  world.put({{start_ms + 1, "card refused"}});
  ASSERT_TRUE(world.store->flush());
  const auto scan = world.store->scan({.groups = {world.store->find_group(shop, "/shop/payment")->id}, .literals = {"refused"}});
  std::vector<LogRow> rows;
  while (scan->next(rows)) {
  }
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(scan->figures().records_scanned, 1u);
  EXPECT_EQ(scan->figures().records_skipped, 1u);
}

TEST(LogStore, AScanSeesWhatWasThereWhenItBegan) {
  World world;
  world.put({{start_ms, "a"}});
  const auto scan = world.store->scan({.groups = {world.store->find_group(shop, "/shop/payment")->id}});
  world.put({{start_ms + 1, "b"}});
  ASSERT_TRUE(world.store->flush());
  std::vector<LogRow> rows;
  while (scan->next(rows)) {
  }
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].message, "a");
}

TEST(LogStore, RetentionHidesAtOnceAndRemovesTheBlocks) {
  World world;
  world.put({{start_ms, "old"}});
  ASSERT_TRUE(world.store->flush());
  const LogGroupId group = world.store->find_group(shop, "/shop/payment")->id;
  ASSERT_TRUE(world.store->set_retention(group, 1));
  world.clock.advance(24h + 1s);
  EXPECT_EQ(world.find(), Messages{});
  EXPECT_EQ(world.store->sweep(10), 1);
  ASSERT_TRUE(world.store->set_retention(group, std::nullopt));
  EXPECT_EQ(world.find(), Messages{});
}

TEST(LogStore, ADeletedGroupIsGoneAndItsNameStartsAnew) {
  World world;
  world.put({{start_ms, "flushed"}});
  ASSERT_TRUE(world.store->flush());
  world.put({{start_ms, "waiting"}});
  ASSERT_TRUE(world.store->delete_group(shop, "/shop/payment"));
  world.put({{start_ms, "new"}});
  EXPECT_EQ(world.find(), (Messages{"new"}));
  world.restart();
  EXPECT_EQ(world.find(), (Messages{"new"}));
  EXPECT_EQ(world.store->sweep(10), 1);
}

TEST(LogStore, ARefusingDiskRefusesTheBatch) {
  World world;
  const LogStreamId stream = world.stream();
  world.log.refuses = true;
  EXPECT_EQ(world.store->append(stream, {{start_ms, "x"}}).error().kind, ErrorKind::unavailable);
  EXPECT_EQ(world.find(), Messages{});
}

TEST(OtlpLogs, RecordsBecomeJsonEventsOfTheirServicesGroup) {
  World world;
  wire::otlp::ResourceLogs logs{
      .resource = {{{"service.name", "payment"}, {"host.name", "shop-2"}}}, .scope_name = "checkout", .records = {}};
  logs.records.push_back({.time_ns = start_ms * 1'000'000,
                          .severity_number = 17,
                          .severity_text = "",
                          .body = "card refused",
                          .attributes = {{"order", 7}},
                          .trace_id = "ab",
                          .span_id = ""});
  logs.records.push_back({.time_ns = (start_ms - 15LL * 86'400'000) * 1'000'000,
                          .severity_text = "",
                          .body = "old",
                          .attributes = {},
                          .trace_id = "",
                          .span_id = ""});
  EXPECT_EQ(*keep_otlp_logs(*world.store, shop, {logs}, world.clock.now()), 1);
  const LogGroup* group = world.store->find_group(shop, "/otlp/payment");
  ASSERT_TRUE(group);
  EXPECT_TRUE(world.store->find_stream(group->id, "shop-2"));
  EXPECT_EQ(world.find({.groups = {group->id}}),
            (Messages{R"({"severity":"ERROR","severity_number":17,"body":"card refused","trace_id":"ab","scope":"checkout","order":7})"}));
}

}  // namespace
}  // namespace tocsin::telemetry
