// The store of metrics through power cuts at random moments, on a disk that tells written from synced.
#include <gtest/gtest.h>

#include "base/simulated_executor.h"
#include "storage/simulated/simulated_database.h"
#include "storage/simulated/simulated_ingest_log.h"
#include "telemetry/metrics/chunk_metric_store.h"

namespace tocsin::telemetry {
namespace {
using namespace std::chrono_literals;

const Instant noon = instant_from_ms(1'795'003'200'000);
const Scope scope{"123456789012", "eu-west-1"};

/// Each point has a minute of its own, so that one that is lost or there twice is seen.
Instant minute_of(int point) { return noon - 1min * point; }

struct Life {
  Life(SimulatedExecutor& executor, storage::SimulatedDisk& disk)
      : database(storage::open_simulated_database(disk, "metrics.db").value()),
        log(storage::open_simulated_ingest_log(disk, "log").value()),
        store(executor, *database, *log, {.flush_groups = 1}) {}
  std::unique_ptr<storage::Database> database;
  std::unique_ptr<storage::IngestLog> log;
  ChunkMetricStore store;
};

MetricPoint point(int number) {
  return {.metric = {"Shop", "Orders", {{"Host", std::to_string(number % 200)}}}, .time = minute_of(number), .sample = 1.0};
}

double times_seen(ChunkMetricStore& store, int number) {
  const auto periods =
      store.read({.scope = scope, .metric = point(number).metric, .unit = {}, .start = minute_of(number), .end = minute_of(number) + 1min});
  return periods.empty() ? 0 : periods[0].aggregate.count;
}

void live(std::uint64_t seed) {
  ManualClock clock{noon};
  SimulatedExecutor executor{clock};
  storage::SimulatedDisk disk(seed);
  SeededRandom random(seed);
  std::vector<bool> safe;  // by point: whether a sync came after it was accepted
  int put = 0;
  for (int round = 0; round < 12; ++round) {
    {
      Life life(executor, disk);
      const auto opened = life.store.open();
      ASSERT_TRUE(opened) << "seed " << seed << ": " << opened.error().message;
      for (int i = 0; i < put; ++i) {
        const double seen = times_seen(life.store, i);
        EXPECT_LE(seen, 1) << "seed " << seed << " point " << i;
        EXPECT_TRUE(seen == 1 || !safe[static_cast<std::size_t>(i)]) << "seed " << seed << " point " << i << " was lost";
      }
      disk.cut_power_after(static_cast<int>(random.below(120)));
      std::vector<int> accepted;
      for (int step = 0; step < 60 && disk.powered(); ++step, ++put) {
        safe.push_back(false);
        if (life.store.put(scope, {point(put)})) accepted.push_back(put);
        const bool synced = random.below(6) == 0 ? life.store.flush().has_value() : random.below(3) == 0 && life.log->sync().has_value();
        if (!synced) continue;
        for (const int each : accepted) safe[static_cast<std::size_t>(each)] = true;
        accepted.clear();
      }
      disk.cut_power();
    }
    disk.restore_power();
  }
}

TEST(MetricStorePower, CutsLoseNothingThatWasSyncedAndDoubleNothing) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) live(seed);
}

}  // namespace
}  // namespace tocsin::telemetry
