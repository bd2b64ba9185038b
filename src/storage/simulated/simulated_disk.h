// A disk in memory that tells written bytes from synced ones, with faults on order. It outlives the databases and logs that are opened on
// it.
//
//   SimulatedDisk disk(seed);
//   auto database = open_simulated_database(disk);
//   …                              // work
//   disk.cut_power();              // or cut_power_after(n): in the midst of a commit
//   database.reset();              // whatever it still tries fails
//   disk.restore_power();
//   database = open_simulated_database(disk);
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"

namespace tocsin::storage {

enum class DiskAnswer { ok, io_error, full };

/// What a file is: its bytes as read and written, its bytes as they would survive, and what was written since.
struct SimulatedFile {
  struct Change {
    std::uint64_t position;
    std::string bytes;
    std::optional<std::uint64_t> truncated_to;
  };
  std::string current;
  std::string durable;
  std::vector<Change> unsynced;
};

/// Single-threaded.
class SimulatedDisk {
 public:
  explicit SimulatedDisk(std::uint64_t seed) : random_(seed) {}
  SimulatedDisk(const SimulatedDisk&) = delete;

  // --- faults
  /// After `skip` more of them, the next `count` writes (or syncs) fail; half of the failing writes leave a part behind.
  void fail_writes(int skip, int count = 1) { write_faults_ = {skip, count}; }
  void fail_syncs(int skip, int count = 1) { sync_faults_ = {skip, count}; }
  /// Writes beyond this many bytes in all files are refused.
  void set_capacity(std::optional<std::uint64_t> bytes) { capacity_ = bytes; }
  /// Each sync takes this long, in virtual time.
  void slow_syncs(ManualClock& clock, Duration by) {
    on_sync_ = [&clock, by] { clock.advance(by); };
  }
  void heal();

  void cut_power();
  /// The power goes in the midst of the write or sync that follows `skip` others.
  void cut_power_after(int skip) { power_left_ = skip; }
  void restore_power() { powered_ = true; }
  bool powered() const { return powered_; }

  /// Writes and syncs so far; for choosing moments.
  std::uint64_t operations() const { return operations_; }
  std::uint64_t bytes_used() const;

  // --- for what runs on the disk
  /// Handles of before a power cut stay dead.
  class Handle {
   public:
    Handle(SimulatedDisk& disk, std::shared_ptr<SimulatedFile> file) : disk_(disk), file_(std::move(file)), life_(disk.life_) {}
    DiskAnswer write(std::uint64_t position, std::string_view bytes);
    DiskAnswer read(std::uint64_t position, std::size_t size, std::string& bytes) const;
    DiskAnswer truncate(std::uint64_t size);
    DiskAnswer sync();
    std::uint64_t size() const { return file_->current.size(); }

   private:
    bool dead() const { return !disk_.powered_ || disk_.life_ != life_; }
    SimulatedDisk& disk_;
    std::shared_ptr<SimulatedFile> file_;
    std::uint64_t life_;
  };
  /// nullptr when it is not there and not to be made, or when the power is off.
  std::unique_ptr<Handle> open(const std::string& name, bool make);
  bool exists(const std::string& name) const { return powered_ && names_.contains(name); }
  DiskAnswer remove(const std::string& name);
  /// Makes names under `prefix` durable: those made are there, those removed are gone.
  DiskAnswer sync_names(const std::string& prefix);
  std::vector<std::string> names(const std::string& prefix) const;
  Random& random() { return random_; }

  /// The name under which simulated_database.cpp has registered this disk with SQLite.
  struct Registration;
  std::shared_ptr<Registration> registration;

 private:
  struct Faults {
    int skip = 0;
    int count = 0;
    bool strike();
  };
  bool power_goes();
  void lose_unsynced(SimulatedFile& file, double kept);

  SeededRandom random_;
  std::map<std::string, std::shared_ptr<SimulatedFile>> names_;
  std::map<std::string, std::shared_ptr<SimulatedFile>> durable_names_;
  Faults write_faults_, sync_faults_;
  std::optional<std::uint64_t> capacity_;
  std::function<void()> on_sync_;
  std::optional<int> power_left_;
  bool powered_ = true;
  std::uint64_t life_ = 0;
  std::uint64_t operations_ = 0;
};

}  // namespace tocsin::storage
