// Strategy: a seed draws units of work, disk faults (failing writes and syncs, a full disk) and power cuts in the midst of any write or
// sync; after each cut the database and the log are opened again on what the disk kept. Invariants: every answered unit is there, wholly;
// every unit answered with an error, and every one of a group that was cut before its answer, is there wholly or not at all, and not at all
// when the server lived on to say so; a synced record of the log is there; no record is ever torn or out of place; the disk never refuses
// to open.
#include <cstdlib>
#include <set>

#include "base/log.h"
#include "base/simulated_executor.h"
#include "storage/conformance/worlds.h"
#include "storage/simulated/simulated_database.h"
#include "storage/simulated/simulated_ingest_log.h"
#include "storage/state_executor.h"

namespace tocsin::storage {
namespace {

std::uint64_t seed_count() { return std::getenv("TOCSIN_LONG") ? 20'000 : 200; }

void draw_faults(SimulatedDisk& disk, Random& random) {
  disk.heal();
  if (random.below(2)) disk.cut_power_after(static_cast<int>(random.below(60)));
  switch (random.below(6)) {
    case 0:
      disk.fail_writes(static_cast<int>(random.below(40)), 1 + static_cast<int>(random.below(5)));
      break;
    case 1:
      disk.fail_syncs(static_cast<int>(random.below(10)), 1 + static_cast<int>(random.below(3)));
      break;
    case 2:
      disk.set_capacity(disk.bytes_used() + random.below(100'000));
      break;
    default:
      break;
  }
}

/// A table of pairs: a unit writes both rows or none.
class StateCampaign {
 public:
  explicit StateCampaign(std::uint64_t seed) : random_(seed), disk_(seed * 31 + 7) {}

  void run() {
    for (int life = 0; life < 6; ++life) {
      auto opened = open_simulated_database(disk_);
      ASSERT_TRUE(opened) << opened.error().message;
      database_ = std::move(*opened);
      const auto migrated =
          database_->migrate("t", {{1, "CREATE TABLE t_pairs (id INTEGER, half INTEGER, filler TEXT, PRIMARY KEY (id, half))"}});
      ASSERT_TRUE(migrated);
      // so that checkpoints are met by faults too
      (void)database_->query("PRAGMA wal_autocheckpoint=20", {});
      check(true);
      live();
      database_.reset();
      disk_.heal();
      disk_.cut_power();
      disk_.restore_power();
    }
  }

 private:
  void live() {
    ManualClock clock(instant_from_ns(0));
    SimulatedExecutor executor(clock);
    StateExecutor state(executor, *database_);
    draw_faults(disk_, random_);
    for (int round = 0; round < 12 && disk_.powered(); ++round) {
      for (std::uint64_t unit = random_.below(6); unit-- > 0;) submit(state);
      executor.run_ready();
      if (disk_.powered()) check(false);
      if (random_.below(8) == 0) draw_faults(disk_, random_);
    }
  }

  void submit(StateExecutor& state) {
    const std::int64_t id = ++last_id_;
    const bool remove = random_.below(4) == 0 && !there_.empty();
    const std::int64_t removed = remove ? *there_.begin() : 0;
    const std::string filler(static_cast<std::size_t>(random_.below(6000)), 'f');
    state.submit(
        [this, id, removed, filler]() -> Result<void> {
          database_->execute("INSERT INTO t_pairs VALUES (?, 0, ?)", {id, filler});
          if (removed) database_->execute("DELETE FROM t_pairs WHERE id=?", {removed});
          database_->execute("INSERT INTO t_pairs VALUES (?, 1, ?)", {id, filler});
          return {};
        },
        [this, id, removed](Result<void> result) {
          if (result) {
            there_.insert(id);
            there_.erase(removed);
          } else if (!disk_.powered()) {
            unknown_.insert(id);
            if (removed) unknown_.insert(removed);
          } else {
            refused_.insert(id);
            if (removed) refused_.insert(removed);
          }
        });
  }

  void check(bool after_cut) {
    std::map<std::int64_t, int> halves;
    database_->begin_group();
    database_->enter();
    for (const Row& row : database_->query("SELECT id, half FROM t_pairs", {})) ++halves[row.integer(0)];
    const bool read = !database_->poisoned();
    database_->leave(true);
    (void)database_->commit_group();
    if (!read) return;
    for (const auto& [id, count] : halves) {
      EXPECT_EQ(count, 2) << "half of unit " << id;
      EXPECT_TRUE(there_.contains(id) || unknown_.contains(id) || (refused_.contains(id) && after_cut)) << "unit " << id << " was undone";
    }
    for (const std::int64_t id : there_) {
      EXPECT_TRUE(halves.contains(id) || unknown_.contains(id) || (refused_.contains(id) && after_cut))
          << "answered unit " << id << " is lost";
    }
    there_.clear();
    for (const auto& [id, count] : halves) there_.insert(id);
    unknown_.clear();
  }

  SeededRandom random_;
  SimulatedDisk disk_;
  std::unique_ptr<Database> database_;
  std::int64_t last_id_ = 0;
  std::set<std::int64_t> there_, unknown_, refused_;
};

class LogCampaign {
 public:
  explicit LogCampaign(std::uint64_t seed) : random_(seed), disk_(seed * 17 + 3) {}

  void run() {
    for (int life = 0; life < 6; ++life) {
      auto opened = open_simulated_ingest_log(disk_, "ingest", 2048);
      ASSERT_TRUE(opened) << opened.error().message;
      log_ = std::move(*opened);
      check();
      ASSERT_TRUE(log_->skip_to(safe_next_));
      live();
      log_.reset();
      disk_.heal();
      disk_.cut_power();
      disk_.restore_power();
    }
  }

 private:
  void live() {
    draw_faults(disk_, random_);
    for (int step = 0; step < 120 && disk_.powered(); ++step) {
      if (random_.below(20) == 0)
        sync();
      else if (random_.below(60) == 0)
        log_->trim(trimmed_ = std::max(trimmed_, random_.below(safe_next_ + 1)));
      else
        append();
      if (random_.below(40) == 0) draw_faults(disk_, random_);
    }
    if (disk_.powered()) check();
  }

  void append() {
    const std::string record = std::to_string(++count_) + std::string(random_.below(random_.below(10) ? 100 : 3000), 'r');
    const auto offset = log_->append(record);
    if (!offset) {
      refused_.insert(record);
      return;
    }
    EXPECT_FALSE(safe_.contains(*offset));
    appended_[*offset] = record;
  }

  void sync() {
    if (!log_->sync()) return;
    for (const auto& [offset, record] : appended_) safe_[offset] = record;
    appended_.clear();
    safe_next_ = log_->next_offset();
  }

  void check() {
    std::map<std::uint64_t, std::string> found;
    const auto read = log_->read(0, [&](std::uint64_t offset, std::string_view record) { return found.emplace(offset, record).second; });
    if (!read) return;
    for (const auto& [offset, record] : found) {
      const bool known = (safe_.contains(offset) && safe_[offset] == record) || (appended_.contains(offset) && appended_[offset] == record);
      EXPECT_TRUE(known || refused_.contains(record)) << "record " << offset << " was never appended";
    }
    for (const auto& [offset, record] : safe_) {
      if (offset < trimmed_) continue;
      EXPECT_TRUE(found.contains(offset)) << "synced record " << offset << " is lost";
    }
    std::erase_if(appended_, [&](const auto& entry) { return !found.contains(entry.first); });
  }

  SeededRandom random_;
  SimulatedDisk disk_;
  std::unique_ptr<IngestLog> log_;
  int count_ = 0;
  std::uint64_t safe_next_ = 0;
  std::uint64_t trimmed_ = 0;
  std::map<std::uint64_t, std::string> safe_, appended_;
  std::set<std::string> refused_;  ///< a power cut may undo that they were cut back
};

TEST(PowerCut, LosesNothingThatWasAnswered) {
  log::set_level(log::Level::off);
  for (std::uint64_t seed = 0; seed < seed_count() && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    StateCampaign(seed).run();
  }
  log::set_level(log::Level::info);
}

TEST(PowerCut, LosesNoSyncedRecordOfTheLog) {
  log::set_level(log::Level::off);
  for (std::uint64_t seed = 0; seed < seed_count() && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    LogCampaign(seed).run();
  }
  log::set_level(log::Level::info);
}

}  // namespace
}  // namespace tocsin::storage
