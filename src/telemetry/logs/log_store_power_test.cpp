// The store of logs through power cuts at random moments, on a disk that tells written from synced.
#include <gtest/gtest.h>

#include <map>

#include "base/simulated_executor.h"
#include "storage/simulated/simulated_database.h"
#include "storage/simulated/simulated_ingest_log.h"
#include "telemetry/logs/block_log_store.h"

namespace tocsin::telemetry {
namespace {

const Scope scope{"123456789012", "eu-west-1"};
constexpr std::int64_t noon_ms = 1'795'003'200'000;

struct Life {
  Life(SimulatedExecutor& executor, storage::SimulatedDisk& disk)
      : database(storage::open_simulated_database(disk, "logs.db").value()),
        log(storage::open_simulated_ingest_log(disk, "log").value()),
        store(executor, *database, *log) {}
  std::unique_ptr<storage::Database> database;
  std::unique_ptr<storage::IngestLog> log;
  BlockLogStore store;
};

std::string group_of(int number) { return "/shop/" + std::to_string(number % 3); }

bool put(BlockLogStore& store, int number) {
  const auto stream = ensure_stream(store, scope, group_of(number), "i-" + std::to_string(number % 2));
  return stream && store.append(*stream, {{noon_ms + number, "line " + std::to_string(number)}});
}

std::map<std::string, int> times_seen(BlockLogStore& store) {
  std::map<std::string, int> seen;
  for (int i = 0; i < 3; ++i)
    if (const LogGroup* group = store.find_group(scope, group_of(i)))
      for (const LogRow& row : read_all(store, {.groups = {group->id}})) ++seen[row.message];
  return seen;
}

void live(std::uint64_t seed) {
  ManualClock clock{instant_from_ms(noon_ms)};
  SimulatedExecutor executor{clock};
  storage::SimulatedDisk disk(seed);
  SeededRandom random(seed);
  std::vector<bool> safe;  // by line: whether a sync came after it was accepted
  for (int round = 0; round < 12; ++round) {
    {
      Life life(executor, disk);
      const auto opened = life.store.open();
      ASSERT_TRUE(opened) << "seed " << seed << ": " << opened.error().message;
      auto seen = times_seen(life.store);
      for (std::size_t i = 0; i < safe.size(); ++i) {
        const int times = seen["line " + std::to_string(i)];
        EXPECT_LE(times, 1) << "seed " << seed << " line " << i;
        EXPECT_TRUE(times == 1 || !safe[i]) << "seed " << seed << " line " << i << " was lost";
      }
      disk.cut_power_after(static_cast<int>(random.below(120)));
      std::vector<std::size_t> accepted;
      for (int step = 0; step < 60 && disk.powered(); ++step) {
        safe.push_back(false);
        if (put(life.store, static_cast<int>(safe.size()) - 1)) accepted.push_back(safe.size() - 1);
        const bool synced = random.below(6) == 0 ? life.store.flush().has_value() : random.below(3) == 0 && life.log->sync().has_value();
        if (!synced) continue;
        for (const std::size_t each : accepted) safe[each] = true;
        accepted.clear();
      }
      disk.cut_power();
    }
    disk.restore_power();
  }
}

TEST(LogStorePower, CutsLoseNothingThatWasSyncedAndDoubleNothing) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) live(seed);
}

}  // namespace
}  // namespace tocsin::telemetry
