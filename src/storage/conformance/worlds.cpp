#include "storage/conformance/worlds.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/ids.h"
#include "storage/embedded/file_ingest_log.h"
#include "storage/embedded/log_folder.h"
#include "storage/embedded/sqlite_database.h"
#include "storage/simulated/simulated_database.h"
#include "storage/simulated/simulated_ingest_log.h"

namespace tocsin::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t small_segment = 4096;

class EmbeddedWorld final : public World {
 public:
  EmbeddedWorld() {
    SystemRandom random;
    root_ = fs::temp_directory_path() / ("tocsin-storage-" + make_hex(random, 12));
    fs::create_directories(life());
  }
  ~EmbeddedWorld() override { fs::remove_all(root_); }

  std::unique_ptr<Database> open_database() override { return std::move(*open_sqlite_database((life() / "state.db").string())); }
  std::unique_ptr<IngestLog> open_log() override {
    return std::move(*open_ingest_log(std::move(*open_log_folder((life() / "ingest").string())), small_segment));
  }
  /// What a killed process leaves is what its files hold now; the open objects go on in the old folder, unseen.
  void crash() override {
    const fs::path before = life();
    ++lives_;
    fs::copy(before, life(), fs::copy_options::recursive);
  }
  void append_garbage(const std::string& bytes) override {
    const auto files = log_files();
    std::ofstream(*std::max_element(files.begin(), files.end()), std::ios::app | std::ios::binary) << bytes;
  }
  std::size_t log_file_count() override { return log_files().size(); }

 private:
  fs::path life() const { return root_ / std::to_string(lives_); }
  std::vector<fs::path> log_files() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(life() / "ingest")) files.push_back(entry.path());
    return files;
  }
  fs::path root_;
  int lives_ = 0;
};

class SimulatedWorld final : public World {
 public:
  std::unique_ptr<Database> open_database() override { return std::move(*open_simulated_database(disk_)); }
  std::unique_ptr<IngestLog> open_log() override { return std::move(*open_simulated_ingest_log(disk_, "ingest", small_segment)); }
  void crash() override {
    disk_.cut_power();
    disk_.restore_power();
  }
  void append_garbage(const std::string& bytes) override {
    auto file = disk_.open(disk_.names("ingest/").back(), false);
    file->write(file->size(), bytes);
  }
  std::size_t log_file_count() override { return disk_.names("ingest/").size(); }

 private:
  SimulatedDisk disk_{7};
};

}  // namespace

std::unique_ptr<World> make_embedded_world() { return std::make_unique<EmbeddedWorld>(); }
std::unique_ptr<World> make_simulated_world() { return std::make_unique<SimulatedWorld>(); }

}  // namespace tocsin::storage
