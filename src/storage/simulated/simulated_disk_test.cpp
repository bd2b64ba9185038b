#include "storage/simulated/simulated_disk.h"

#include <gtest/gtest.h>

#include "storage/simulated/simulated_database.h"
#include "storage/simulated/simulated_ingest_log.h"

namespace tocsin::storage {
namespace {

TEST(SimulatedDisk, KeepsWhatWasSyncedAndSomeOfTheRest) {
  bool some_lost = false, some_kept = false;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SimulatedDisk disk(seed);
    auto file = disk.open("a", true);
    file->write(0, std::string(2048, 's'));
    file->sync();
    file->write(1024, std::string(1024, 'w'));
    disk.cut_power();
    EXPECT_EQ(file->write(0, "x"), DiskAnswer::io_error);
    disk.restore_power();
    EXPECT_EQ(file->write(0, "x"), DiskAnswer::io_error) << "a handle of before the cut is dead";
    std::string bytes;
    disk.open("a", false)->read(0, 4096, bytes);
    ASSERT_EQ(bytes.size(), 2048u);
    EXPECT_EQ(bytes.substr(0, 1024), std::string(1024, 's'));
    for (std::size_t sector : {1024u, 1536u}) (bytes[sector] == 's' ? some_lost : some_kept) = true;
  }
  EXPECT_TRUE(some_lost && some_kept);
}

TEST(SimulatedDisk, RefusesWhatDoesNotFit) {
  SimulatedDisk disk(1);
  disk.set_capacity(100);
  auto file = disk.open("a", true);
  EXPECT_EQ(file->write(0, std::string(90, 'a')), DiskAnswer::ok);
  EXPECT_EQ(file->write(90, std::string(20, 'b')), DiskAnswer::full);
  EXPECT_EQ(file->size(), 100u);
  EXPECT_EQ(file->write(0, std::string(90, 'c')), DiskAnswer::ok);
}

TEST(SimulatedDisk, SyncsMayBeSlowInVirtualTime) {
  ManualClock clock(instant_from_ns(0));
  SimulatedDisk disk(1);
  disk.slow_syncs(clock, std::chrono::seconds(3));
  auto database = *open_simulated_database(disk);
  const Instant before = clock.now();
  database->execute("CREATE TABLE t (a INTEGER)");
  EXPECT_EQ(clock.now() - before, std::chrono::seconds(3));
}

}  // namespace
}  // namespace tocsin::storage
