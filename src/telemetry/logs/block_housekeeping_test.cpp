// What blocks go through when nobody looks.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/random.h"
#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/logs/block_log_store.h"
#include "telemetry/logs/log_block.h"
#include "telemetry/metrics/memory_ingest_log.h"

namespace tocsin::telemetry {
namespace {
using namespace std::chrono_literals;

const Scope shop{"111122223333", "eu-west-1"};
constexpr std::int64_t start_ms = 1'760'000'000'000;

struct World {
  explicit World(std::unique_ptr<storage::Database> file = storage::open_memory_database()) : database(std::move(file)) {
    EXPECT_TRUE(store.open());
    store.start();
  }
  void put(std::string message, const char* group = "/shop") {
    ASSERT_TRUE(store.append(*ensure_stream(store, shop, group, "s"), {{to_ms(clock.now()), std::move(message)}}));
  }
  std::int64_t blocks() { return database->query_one("SELECT COUNT(*) FROM logs_blocks")->integer(0); }
  std::vector<LogRow> all() { return read_all(store, {.groups = {store.find_group(shop, "/shop")->id}}); }

  ManualClock clock{instant_from_ms(start_ms)};
  SimulatedExecutor executor{clock};
  std::unique_ptr<storage::Database> database;
  MemoryIngestLog log;
  BlockLogStore store{executor, *database, log};
};

TEST(BlockHousekeeping, SmallBlocksBecomeOneAndRowsKeepTheirPlaces) {
  World world;
  for (int i = 0; i < 30; ++i) {
    world.put("line " + std::to_string(i));
    ASSERT_TRUE(world.store.flush());
    world.clock.advance(10ms);
  }
  EXPECT_EQ(world.blocks(), 30);
  const auto before = world.all();
  EXPECT_EQ(world.store.merge_small_blocks(), 30u);
  EXPECT_EQ(world.blocks(), 1);
  const auto after = world.all();
  ASSERT_EQ(after.size(), 30u);
  for (std::size_t i = 0; i < 30; ++i) {
    EXPECT_EQ(after[i].position, before[i].position);
    EXPECT_EQ(after[i].message, before[i].message);
    EXPECT_EQ(after[i].ingested_ms, before[i].ingested_ms);
  }
  EXPECT_EQ(world.store.merge_small_blocks(), 0u);
}

TEST(BlockHousekeeping, AnOpenScanKeepsItsBlocks) {
  World world;
  for (int i = 0; i < 10; ++i) {
    world.put("line " + std::to_string(i));
    ASSERT_TRUE(world.store.flush());
  }
  auto scan = world.store.scan({.groups = {world.store.find_group(shop, "/shop")->id}});
  EXPECT_EQ(world.store.merge_small_blocks(), 0u);
  std::vector<LogRow> rows;
  while (scan->next(rows)) {
  }
  EXPECT_EQ(rows.size(), 10u);
  scan.reset();
  EXPECT_EQ(world.store.merge_small_blocks(), 10u);
}

TEST(BlockHousekeeping, WhatRetentionRemovesTheDiskGetsBack) {
  const auto folder = std::filesystem::temp_directory_path() / ("tocsin-logs-shrink-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto file = folder / "logs.db";
  {
    World world(*storage::open_sqlite_database(file.string()));
    SeededRandom random(3);
    const auto random_line = [&] {
      std::string line;
      while (line.size() < 4000) line += std::to_string(random.next());
      return line;
    };
    for (int i = 0; i < 2000; ++i) world.put(random_line());
    ASSERT_TRUE(world.store.flush());
    world.executor.run_for(1s);
    ASSERT_GT(std::filesystem::file_size(file) + std::filesystem::file_size(file.string() + "-wal"), 2'000'000u);
    ASSERT_TRUE(world.store.set_retention(world.store.find_group(shop, "/shop")->id, 1));
    world.executor.run_for(std::chrono::hours(25));
    EXPECT_EQ(world.blocks(), 0);
  }
  EXPECT_LT(std::filesystem::file_size(file), 500'000u);
  std::filesystem::remove_all(folder);
}

TEST(LogBlock, AChangedByteIsTold) {
  std::vector<LogRow> rows;
  for (int i = 0; i < 200; ++i)
    rows.push_back({{start_ms + i, static_cast<std::uint64_t>(i)}, start_ms, 1, 1, "request " + std::to_string(i * 7919) + " done"});
  const std::string good = encode_row_block(rows);
  ASSERT_TRUE(decode_block(good, 1));
  const auto messages = [](const std::vector<LogRow>& of) {
    std::vector<std::string> out;
    for (const LogRow& row : of) out.push_back(std::to_string(row.position.time_ms) + row.message);
    return out;
  };
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    // a few bits of a frame mean nothing; what they were changed to must then change nothing
    const auto back = decode_block(bad, 1);
    EXPECT_EQ(messages(back ? *back : rows), messages(rows)) << "byte " << at;
  }
}

}  // namespace
}  // namespace tocsin::telemetry
