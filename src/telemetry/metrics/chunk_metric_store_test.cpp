#include "telemetry/metrics/chunk_metric_store.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/random.h"
#include "base/simulated_executor.h"
#include "storage/embedded/file_ingest_log.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/metrics/key_parts.h"
#include "telemetry/metrics/memory_ingest_log.h"
#include "telemetry/metrics/self_metrics_recorder.h"
#include "telemetry/metrics/statistic.h"

namespace tocsin::telemetry {
namespace {
using namespace std::chrono_literals;

const Instant noon = instant_from_ms(1'795'003'200'000);  // on the hour
const Scope scope{"123456789012", "eu-west-1"};
const MetricId latency{"Shop", "Latency", {{"Service", "pay"}}};

class MetricStoreStory : public testing::Test {
 protected:
  MetricStoreStory() { restart(); }

  /// As after kill -9: what was in memory is gone.
  void restart() {
    store.reset();
    store = std::make_unique<ChunkMetricStore>(executor, *database, log);
    ASSERT_TRUE(store->open());
  }
  void put(Instant at, double value, bool high_resolution = false, const MetricId& metric = latency) {
    ASSERT_TRUE(store->put(scope, {{.metric = metric, .time = at, .high_resolution = high_resolution, .sample = value}}));
  }
  std::vector<PeriodAggregate> read(Instant from, Instant to, std::int64_t period_s) {
    return store->read({.scope = scope, .metric = latency, .unit = {}, .start = from, .end = to, .period_s = period_s});
  }
  double sum(Instant from, Instant to, std::int64_t period_s) {
    double total = 0;
    for (const auto& each : read(from, to, period_s)) total += each.aggregate.sum;
    return total;
  }

  ManualClock clock{noon};
  SimulatedExecutor executor{clock};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  MemoryIngestLog log;
  std::unique_ptr<ChunkMetricStore> store;
};

TEST_F(MetricStoreStory, PointsAreReadAtOnceByTheirPeriod) {
  put(noon - 150s, 1);
  put(noon - 130s, 3);
  put(noon - 60s, 10);
  const auto minutes = read(noon - 5min, noon, 60);
  ASSERT_EQ(minutes.size(), 2u);
  EXPECT_EQ(minutes[0].start, noon - 3min);
  EXPECT_EQ(minutes[0].aggregate.sum, 4);
  EXPECT_EQ(minutes[1].start, noon - 1min);
  EXPECT_EQ(read(noon - 5min, noon, 300).at(0).aggregate.count, 3);
  EXPECT_TRUE(read(noon - 5min, noon, 10).empty()) << "not a high-resolution metric";
}

TEST_F(MetricStoreStory, ACrashInTheMiddleOfReadingTheLogAgainLosesNothing) {
  /// Gives one record, as if the server was killed after it.
  class CutShort final : public storage::IngestLog {
   public:
    explicit CutShort(MemoryIngestLog& kept) : kept_(kept) {}
    Result<std::uint64_t> append(std::string_view record) override { return kept_.append(record); }
    Result<void> sync() override { return {}; }
    Result<void> read(std::uint64_t from, const std::function<bool(std::uint64_t, std::string_view)>& visit) override {
      return kept_.read(from, [&](std::uint64_t offset, std::string_view record) {
        visit(offset, record);
        return false;
      });
    }
    Result<void> skip_to(std::uint64_t offset) override { return kept_.skip_to(offset); }
    void trim(std::uint64_t offset) override { kept_.trim(offset); }
    Result<void> clear() override { return kept_.clear(); }
    std::uint64_t next_offset() const override { return kept_.next_offset(); }

   private:
    MemoryIngestLog& kept_;
  } cut(log);
  for (const double value : {1.0, 2.0, 4.0}) put(noon - 60s, value);
  store.reset();
  {
    // so small a bound that what was read is written to chunks at once
    ChunkMetricStore interrupted(executor, *database, cut, {.delta_bytes_max = 1});
    ASSERT_TRUE(interrupted.open());
  }
  restart();
  EXPECT_EQ(sum(noon - 2min, noon, 60), 7);
}

TEST_F(MetricStoreStory, TheLogIsSyncedOnceForAllThatComesIn200MsAndNotWhileNothingComes) {
  class CountingLog final : public storage::IngestLog {
   public:
    Result<std::uint64_t> append(std::string_view record) override { return kept.append(record); }
    Result<void> sync() override {
      ++syncs;
      return kept.sync();
    }
    Result<void> read(std::uint64_t from, const std::function<bool(std::uint64_t, std::string_view)>& visit) override {
      return kept.read(from, visit);
    }
    Result<void> skip_to(std::uint64_t offset) override { return kept.skip_to(offset); }
    void trim(std::uint64_t offset) override { kept.trim(offset); }
    Result<void> clear() override { return kept.clear(); }
    std::uint64_t next_offset() const override { return kept.next_offset(); }
    MemoryIngestLog kept;
    int syncs = 0;
  } counting;
  const auto other_database = storage::open_memory_database();
  ChunkMetricStore other(executor, *other_database, counting);
  ASSERT_TRUE(other.open());
  other.start();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(other.put(scope, {{.metric = latency, .time = noon, .sample = 1.0}}));
    executor.run_for(60ms);
  }
  EXPECT_EQ(counting.syncs, 0);
  executor.run_for(30ms);
  EXPECT_EQ(counting.syncs, 1);
  executor.run_for(1min);
  EXPECT_EQ(counting.syncs, 1);
  ASSERT_TRUE(other.put(scope, {{.metric = latency, .time = noon, .sample = 1.0}}));
  executor.run_for(200ms);
  EXPECT_EQ(counting.syncs, 2);
}

TEST_F(MetricStoreStory, PeriodsAreCountedFromTheStartThatWasAskedFor) {
  put(noon - 4min, 1);
  put(noon - 3min, 2);
  const auto periods = read(noon - 8min, noon, 300);
  ASSERT_EQ(periods.size(), 2u);
  EXPECT_EQ(periods[0].start, noon - 8min);
  EXPECT_EQ(periods[1].start, noon - 3min);
}

TEST_F(MetricStoreStory, HighResolutionPointsAreKeptByTheSecondForThreeHours) {
  for (int i = 0; i < 60; ++i) put(noon - 60s + i * 1s, i, true);
  EXPECT_EQ(read(noon - 60s, noon, 1).size(), 60u);
  EXPECT_EQ(read(noon - 60s, noon, 10).at(0).aggregate.sum, 45);
  clock.advance(4h);
  EXPECT_TRUE(read(noon - 60s, noon, 1).empty());
  EXPECT_EQ(sum(noon - 60s, noon, 60), 1770);
}

TEST_F(MetricStoreStory, WhatWasAcceptedSurvivesAKillAtAnyMoment) {
  put(noon - 60s, 1, true);
  restart();
  EXPECT_EQ(sum(noon - 1h, noon, 60), 1);
  ASSERT_TRUE(store->flush());
  EXPECT_EQ(log.size(), 0u);
  put(noon - 50s, 2, true);
  restart();
  EXPECT_EQ(sum(noon - 1h, noon, 60), 3);
  EXPECT_EQ(sum(noon - 1h, noon, 1), 3);
}

TEST_F(MetricStoreStory, ApplyingTheLogAgainChangesNothing) {
  put(noon - 60s, 1, true);
  ASSERT_TRUE(store->put(scope, {{.metric = latency, .time = noon - 50s, .high_resolution = true, .sample = 2.0},
                                 {.metric = latency, .time = noon - 49s, .high_resolution = true, .sample = 4.0}}));
  MemoryIngestLog untrimmed = log;
  ASSERT_TRUE(store->flush());
  // the chunks are written, the crash came before the progress was
  database->begin_group();
  database->execute("DELETE FROM metrics_progress");
  ASSERT_TRUE(database->commit_group());
  log = untrimmed;
  restart();
  EXPECT_EQ(sum(noon - 1h, noon, 60), 7);
  EXPECT_EQ(sum(noon - 1h, noon, 1), 7);
  put(noon - 40s, 8, true);
  restart();
  ASSERT_TRUE(store->flush());
  restart();
  EXPECT_EQ(sum(noon - 1h, noon, 60), 15);
}

TEST_F(MetricStoreStory, ARefusingDiskTakesNoPoint) {
  log.refuses = true;
  const auto refused = store->put(scope, {{.metric = latency, .time = noon, .sample = 1.0}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_TRUE(read(noon - 1h, noon + 1h, 60).empty());
}

TEST_F(MetricStoreStory, OldPeriodsAreRolledUpAndKeepTheirPercentiles) {
  for (int i = 0; i < 600; ++i) put(noon - 10min + i * 1s, i + 1);
  ASSERT_TRUE(store->flush());
  clock.advance(20 * 24h);
  while (store->roll_up(100) > 0) {
  }
  EXPECT_TRUE(read(noon - 10min, noon, 60).empty()) << "minutes are kept 15 days";
  const auto fives = read(noon - 10min, noon, 300);
  ASSERT_EQ(fives.size(), 2u);
  EXPECT_EQ(fives[1].aggregate.count, 300);
  EXPECT_NEAR(*compute(*parse_statistic("p50"), fives[1].aggregate), 450, 4.6);
  clock.advance(60 * 24h);
  while (store->roll_up(100) > 0) {
  }
  EXPECT_TRUE(read(noon - 10min, noon, 300).empty());
  EXPECT_EQ(sum(noon - 1h, noon, 3600), 600 * 601 / 2);
  clock.advance(500 * 24h);
  while (store->roll_up(100) > 0) {
  }
  EXPECT_TRUE(read(noon - 1h, noon, 3600).empty());
  EXPECT_EQ(database->query("SELECT 1 FROM metrics_blocks").size(), 0u);
}

TEST_F(MetricStoreStory, WritesByItselfAndTrimsTheLog) {
  store->start();
  for (int i = 0; i < 20; ++i) {
    put(clock.now(), 1);
    executor.run_for(30s);
  }
  EXPECT_LT(log.size(), 12u);
  EXPECT_EQ(sum(noon - 1h, noon + 1h, 60), 20);
}

TEST_F(MetricStoreStory, MetricsAreListedInPagesAndByFilter) {
  for (int i = 0; i < 30; ++i) put(noon, 1, false, {"Shop", "M" + std::to_string(i), {{"Host", i % 2 ? "a" : "b"}}});
  put(noon - 5h, 1, false, {"Other", "Old", {}});
  ListRequest request{.scope = scope, .metric_namespace = "Shop", .name = {}, .dimensions = {}, .count_max = 20};
  MetricPage page = store->list(request);
  EXPECT_EQ(page.metrics.size(), 20u);
  request.after_key = page.next_key;
  page = store->list(request);
  EXPECT_EQ(page.metrics.size(), 10u);
  EXPECT_EQ(page.next_key, "");
  EXPECT_EQ(store->list({.scope = scope, .metric_namespace = {}, .name = {}, .dimensions = {{"Host", "a"}}}).metrics.size(), 15u);
  EXPECT_EQ(store->list({.scope = scope, .metric_namespace = {}, .name = {}, .dimensions = {}, .seen_after = noon - 3h}).metrics.size(),
            30u);
  EXPECT_TRUE(store->list({.scope = {"123456789012", "us-east-1"}, .metric_namespace = {}, .name = {}, .dimensions = {}}).metrics.empty());
  restart();
  EXPECT_EQ(store->list({.scope = scope, .metric_namespace = {}, .name = "Old", .dimensions = {}}).metrics.at(0).metric_namespace, "Other");
}

TEST_F(MetricStoreStory, ManySeriesBySenderOfKeysAreTheSameAsPoints) {
  std::vector<std::string> keys;
  for (int i = 0; i < 300; ++i) {
    std::string key;
    for (const std::string& part : {std::string("Shop"), std::string("Orders"), std::string("Host"), std::to_string(i)})
      append_key_part(key, part);
    keys.push_back(key + key_unit_begin + "None");
  }
  const auto order_of = [&](int round, std::size_t i) { return round == 2 ? keys.size() - 1 - i : i; };
  for (int round = 0; round < 4; ++round) {
    std::vector<KeyedValue> values;
    for (std::size_t i = 0; i < keys.size(); ++i)
      values.push_back({keys[order_of(round, i)], to_ms(noon - 5min + round * 60s), static_cast<double>(order_of(round, i))});
    ASSERT_TRUE(store->put_values(scope, values));
    if (round == 1) restart();
    if (round == 2) {
      ASSERT_TRUE(store->flush());
    }
  }
  restart();
  for (int i = 0; i < 300; ++i) {
    const ReadRequest request{.scope = scope,
                              .metric = {"Shop", "Orders", {{"Host", std::to_string(i)}}},
                              .unit = {},
                              .start = noon - 10min,
                              .end = noon,
                              .period_s = 60};
    const auto values = store->read_values(request, *parse_statistic("Average"));
    ASSERT_EQ(values.size(), 4u) << i;
    for (const TimeValue& each : values) EXPECT_EQ(each.value, i);
    EXPECT_EQ(store->read_values(request, *parse_statistic("p90")), values);
    ReadRequest wide = request;
    wide.period_s = 300;
    double sum = 0;
    for (const TimeValue& each : store->read_values(wide, *parse_statistic("Sum"))) sum += each.value;
    EXPECT_EQ(sum, 4.0 * i);
  }
}

TEST_F(MetricStoreStory, ASeriesOfWhichNothingWasTakenIsNotListed) {
  log.refuses = true;
  EXPECT_FALSE(store->put(scope, {{.metric = latency, .time = noon, .sample = 1.0}}));
  log.refuses = false;
  EXPECT_TRUE(store->list({.scope = scope, .metric_namespace = {}, .name = {}, .dimensions = {}}).metrics.empty());
  EXPECT_TRUE(store->units(scope, latency).empty());
  put(noon - 60s, 3);
  restart();
  EXPECT_EQ(sum(noon - 2min, noon, 60), 3);
}

TEST_F(MetricStoreStory, EachUnitIsASeriesOfItsOwn) {
  ASSERT_TRUE(store->put(scope, {{.metric = latency, .unit = "Seconds", .time = noon, .sample = 1.0},
                                 {.metric = latency, .unit = "Count", .time = noon, .sample = 5.0}}));
  EXPECT_EQ(store->units(scope, latency), (std::vector<std::string>{"Count", "Seconds"}));
  EXPECT_EQ(store->read({.scope = scope, .metric = latency, .unit = "Count", .start = noon, .end = noon + 1min}).at(0).aggregate.sum, 5);
}

TEST_F(MetricStoreStory, OurOwnServicesRecordWithoutWaiting) {
  SelfMetricsRecorder recorder(executor, *store);
  recorder.start();
  recorder.record(scope, "Shop", "Latency", {{"Service", "pay"}}, 7, "Count");
  executor.run_for(2s);
  EXPECT_EQ(sum(noon - 1min, noon + 1min, 60), 7);
  EXPECT_EQ(recorder.lost(), 0u);
}

TEST_F(MetricStoreStory, WhatOurServicesCountInASecondIsCountedWhole) {
  SelfMetricsRecorder recorder(executor, *store);
  recorder.start();
  for (int i = 0; i < 200'000; ++i) recorder.record(scope, "Shop", "Latency", {{"Service", "pay"}}, i % 2 ? 1 : 3, "Count");
  executor.run_for(2s);
  EXPECT_EQ(sum(noon - 1min, noon + 1min, 60), 400'000);
  EXPECT_EQ(recorder.lost(), 0u);
}

// Whatever comes when, and whenever the server is killed or writes: the same as without.
TEST_F(MetricStoreStory, RandomPointsFlushesAndKillsEqualTheRunWithout) {
  SeededRandom random(42);
  std::map<std::int64_t, double> expected;
  for (int step = 0; step < 600; ++step) {
    clock.advance(20s);
    std::vector<MetricPoint> batch;
    for (std::uint64_t i = 1 + random.below(4); i > 0; --i) {
      const auto late = random.below(5) == 0 ? 1s * static_cast<std::int64_t>(random.below(13 * 24 * 3600))
                                             : 1s * static_cast<std::int64_t>(random.below(90));
      const double value = static_cast<double>(random.below(1000));
      batch.push_back({.metric = latency, .time = clock.now() - late, .sample = value});
      expected[to_seconds(clock.now() - late) / 60] += value;
    }
    ASSERT_TRUE(store->put(scope, batch));
    if (random.below(10) == 0) {
      ASSERT_TRUE(store->flush());
    }
    if (random.below(10) == 0) restart();
    if (random.below(20) == 0) store->roll_up(10);
  }
  for (const auto& [minute, total] : expected) {
    const Instant at = instant_from_ms(minute * 60'000);
    EXPECT_DOUBLE_EQ(sum(at, at + 1min, 60), total);
  }
}

// The same on real files: what was put is there after each restart, written to chunks or not, and nothing is there twice.
TEST(MetricStoreFiles, KeepWhatWasAcceptedOverRestarts) {
  const std::string folder = testing::TempDir() + "metric_store_files";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  ManualClock clock{noon};
  SimulatedExecutor executor{clock};
  for (int life = 0; life < 6; ++life) {
    auto database = storage::open_sqlite_database(folder + "/telemetry.db");
    auto log = storage::open_file_ingest_log(folder + "/log");
    ASSERT_TRUE(database && log);
    ChunkMetricStore store(executor, **database, **log);
    const auto opened = store.open();
    ASSERT_TRUE(opened) << opened.error().message;
    const auto periods = store.read({.scope = scope, .metric = latency, .unit = {}, .start = noon, .end = noon + 1min});
    EXPECT_EQ(periods.empty() ? 0 : periods[0].aggregate.count, life * 100);
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(store.put(scope, {{.metric = latency, .time = noon + 1s, .sample = 1.0 * i}}));
    EXPECT_TRUE(life % 2 == 1 || store.flush());
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace tocsin::telemetry
