// A data directory that release 0.1 left behind: a row a series, a row a chunk, and records of its log that are in them or not.
#include "telemetry/metrics/legacy_chunks.h"

#include <gtest/gtest.h>

#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/metrics/chunk.h"
#include "telemetry/metrics/chunk_metric_store.h"
#include "telemetry/metrics/memory_ingest_log.h"
#include "telemetry/metrics/point_record.h"
#include "telemetry/metrics/series_dictionary.h"

namespace tocsin::telemetry {
namespace {
using namespace std::chrono_literals;

const Instant noon = instant_from_ms(1'795'003'200'000);
const Scope scope{"123456789012", "eu-west-1"};

class OlderRelease : public testing::Test {
 protected:
  OlderRelease() { EXPECT_TRUE(BlockTable(*database).migrate()); }

  MetricId metric(int number) { return {"Shop", "Orders", {{"Host", std::to_string(number)}}}; }
  void write(const std::function<void()>& rows) { ASSERT_TRUE(BlockTable(*database).in_transaction(rows)); }
  void put_series(int number) {
    database->execute("INSERT INTO metrics_series (id, series_key, last_seen_s) VALUES (?, ?, ?)",
                      {number + 1, series_key(metric_key(scope, metric(number)), "Count"), to_seconds(noon)});
  }
  /// The record is in the chunk: a point a minute of the last hour.
  void put_chunk(int number, int tier, std::uint64_t applied) {
    const std::int64_t noon_s = to_seconds(noon), resolution_s = tiers[static_cast<std::size_t>(tier)].resolution_s;
    std::map<std::int64_t, Chunk> slots;
    for (std::int64_t time_s = noon_s - 3600; time_s < noon_s; time_s += 60)
      slots[floor_to(time_s, tiers[static_cast<std::size_t>(tier)].slot_s)].at(floor_to(time_s, resolution_s)).add(double(number));
    for (const auto& [slot_s, chunk] : slots)
      database->execute("INSERT INTO metrics_chunks (series, tier, slot_s, applied, points) VALUES (?, ?, ?, ?, ?)",
                        {number + 1, tier, slot_s, static_cast<std::int64_t>(applied), chunk.encode(slot_s)});
  }
  double count(ChunkMetricStore& store, int number, std::int64_t period_s) {
    double count = 0;
    for (const auto& each :
         store.read({.scope = scope, .metric = metric(number), .unit = "Count", .start = noon - 1h, .end = noon, .period_s = period_s}))
      count += each.aggregate.count;
    return count;
  }

  ManualClock clock{noon};
  SimulatedExecutor executor{clock};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  MemoryIngestLog log;
};

TEST_F(OlderRelease, ItsChunksAndItsLogAreTakenOver) {
  write([&] {
    for (int i = 0; i < 150; ++i) {
      put_series(i);
      put_chunk(i, 1, 0);
      if (i % 2 == 0) put_chunk(i, 0, 0);
    }
  });
  // the first record is in the chunks, the second came after they were written
  for (const double value : {1.0, 2.0}) {
    std::vector<MetricPoint> points;
    for (int i = 0; i < 151; ++i)
      points.push_back({.metric = metric(i), .unit = "Count", .time = noon - 30min, .high_resolution = i % 2 == 0, .sample = value});
    ASSERT_TRUE(log.append(encode_record(scope, points)));
  }
  for (int life = 0; life < 2; ++life) {
    ChunkMetricStore store(executor, *database, log);
    ASSERT_TRUE(store.open());
    for (int i = 0; i < 150; ++i) {
      EXPECT_EQ(count(store, i, 60), 61) << i;
      EXPECT_EQ(count(store, i, 1), i % 2 == 0 ? 61 : 0) << i;
    }
    EXPECT_EQ(count(store, 150, 60), 2) << "it was in the log alone";
    EXPECT_TRUE(database->query("SELECT 1 FROM metrics_chunks UNION SELECT 1 FROM metrics_series").empty());
    EXPECT_EQ(store.list({.scope = scope, .metric_namespace = {}, .name = {}, .dimensions = {}}).metrics.size(), 151u);
  }
}

TEST_F(OlderRelease, AKillWhileItIsTakenOverLosesNothing) {
  write([&] {
    for (int i = 0; i < 150; ++i) {
      put_series(i);
      put_chunk(i, 1, 0);
    }
  });
  {
    BlockTable blocks(*database);
    LegacyChunks legacy(*database);
    ASSERT_TRUE(blocks.in_transaction([&] {
      BlockTable::Group group{0, 0, {}, {}};
      for (int i = 0; i < 63; ++i) {
        group.keys.emplace_back(static_cast<Member>(i + 1), series_key(metric_key(scope, metric(i)), "Count"));
        group.last_seen_s.push_back(to_seconds(noon));
      }
      blocks.put_group(group);
      legacy.take_over(0, blocks);
    }));
  }
  ChunkMetricStore store(executor, *database, log);
  ASSERT_TRUE(store.open());
  for (int i = 0; i < 150; ++i) EXPECT_EQ(count(store, i, 60), 60) << i;
}

}  // namespace
}  // namespace tocsin::telemetry
