#include "storage/simulated/simulated_ingest_log.h"

#include "storage/embedded/file_ingest_log.h"

namespace tocsin::storage {
namespace {

Result<void> result_of(DiskAnswer answer) {
  switch (answer) {
    case DiskAnswer::ok:
      return {};
    case DiskAnswer::full:
      return fail(ErrorKind::unavailable, "no space left on the simulated disk");
    case DiskAnswer::io_error:
      break;
  }
  return fail(ErrorKind::unavailable, "the simulated disk failed");
}

class SimulatedLogFile final : public LogFile {
 public:
  explicit SimulatedLogFile(std::unique_ptr<SimulatedDisk::Handle> handle) : handle_(std::move(handle)) {}
  Result<void> write_at(std::uint64_t position, std::string_view bytes) override { return result_of(handle_->write(position, bytes)); }
  Result<std::string> read_at(std::uint64_t position, std::size_t size) const override {
    std::string bytes;
    if (auto read = result_of(handle_->read(position, size, bytes)); !read) return std::unexpected(read.error());
    return bytes;
  }
  Result<void> truncate(std::uint64_t size) override { return result_of(handle_->truncate(size)); }
  Result<void> sync() override { return result_of(handle_->sync()); }
  std::uint64_t size() const override { return handle_->size(); }

 private:
  std::unique_ptr<SimulatedDisk::Handle> handle_;
};

class SimulatedLogFolder final : public LogFolder {
 public:
  SimulatedLogFolder(SimulatedDisk& disk, std::string folder) : disk_(disk), prefix_(folder + "/") {}

  Result<std::vector<std::string>> list() const override {
    if (!disk_.powered()) return fail(ErrorKind::unavailable, "the power is off");
    std::vector<std::string> names;
    for (const std::string& name : disk_.names(prefix_)) names.push_back(name.substr(prefix_.size()));
    return names;
  }
  Result<std::unique_ptr<LogFile>> open(const std::string& name) override {
    auto handle = disk_.open(prefix_ + name, true);
    if (!handle) return fail(ErrorKind::unavailable, "the power is off");
    return std::make_unique<SimulatedLogFile>(std::move(handle));
  }
  Result<void> remove(const std::string& name) override { return result_of(disk_.remove(prefix_ + name)); }
  Result<void> sync() override { return result_of(disk_.sync_names(prefix_)); }

 private:
  SimulatedDisk& disk_;
  std::string prefix_;
};

}  // namespace

Result<std::unique_ptr<IngestLog>> open_simulated_ingest_log(SimulatedDisk& disk, const std::string& folder,
                                                             std::uint64_t segment_size_max) {
  return open_ingest_log(std::make_unique<SimulatedLogFolder>(disk, folder), segment_size_max);
}

}  // namespace tocsin::storage
