#include "storage/simulated/simulated_disk.h"

#include <algorithm>

namespace tocsin::storage {
namespace {

constexpr std::size_t sector_size = 512;

void put(std::string& file, std::uint64_t position, std::string_view bytes) {
  if (file.size() < position + bytes.size()) file.resize(position + bytes.size());
  file.replace(position, bytes.size(), bytes);
}

void apply(std::string& file, const SimulatedFile::Change& change) {
  if (change.truncated_to)
    file.resize(*change.truncated_to);
  else
    put(file, change.position, change.bytes);
}

}  // namespace

bool SimulatedDisk::Faults::strike() {
  if (count == 0) return false;
  if (skip > 0) {
    --skip;
    return false;
  }
  --count;
  return true;
}

void SimulatedDisk::heal() {
  write_faults_ = sync_faults_ = {};
  capacity_.reset();
  power_left_.reset();
  on_sync_ = {};
}

bool SimulatedDisk::power_goes() {
  ++operations_;
  if (!power_left_) return false;
  if ((*power_left_)-- > 0) return false;
  power_left_.reset();
  cut_power();
  return true;
}

/// Each sector of each unsynced write survives with the probability `kept`; so does each truncation.
void SimulatedDisk::lose_unsynced(SimulatedFile& file, double kept) {
  for (const SimulatedFile::Change& change : file.unsynced) {
    if (change.truncated_to) {
      if (random_.unit() < kept) apply(file.durable, change);
      continue;
    }
    for (std::uint64_t at = change.position; at < change.position + change.bytes.size();) {
      const std::uint64_t end = std::min(change.position + change.bytes.size(), (at / sector_size + 1) * sector_size);
      if (random_.unit() < kept) put(file.durable, at, std::string_view(change.bytes).substr(at - change.position, end - at));
      at = end;
    }
  }
  file.unsynced.clear();
  file.current = file.durable;
}

void SimulatedDisk::cut_power() {
  if (!powered_) return;
  powered_ = false;
  ++life_;
  const double kept = std::vector{0.0, 0.5, 0.9, 1.0}[random_.below(4)];
  for (auto& [name, file] : names_)
    if (!durable_names_.contains(name) && random_.unit() < kept) durable_names_.emplace(name, file);
  std::erase_if(durable_names_, [&](const auto& named) { return !names_.contains(named.first) && random_.unit() < kept; });
  for (auto& [name, file] : durable_names_) lose_unsynced(*file, kept);
  names_ = durable_names_;
}

std::uint64_t SimulatedDisk::bytes_used() const {
  std::uint64_t used = 0;
  for (const auto& [name, file] : names_) used += file->current.size();
  return used;
}

DiskAnswer SimulatedDisk::Handle::write(std::uint64_t position, std::string_view bytes) {
  if (dead()) return DiskAnswer::io_error;
  DiskAnswer answer = DiskAnswer::ok;
  std::size_t written = bytes.size();
  if (disk_.write_faults_.strike()) {
    answer = DiskAnswer::io_error;
    written = disk_.random_.below(2) ? 0 : disk_.random_.below(bytes.size() + 1);
  } else if (const std::uint64_t end = position + bytes.size(); disk_.capacity_ && end > file_->current.size()) {
    const std::uint64_t used = disk_.bytes_used(), growth = end - file_->current.size();
    if (used + growth > *disk_.capacity_) {
      answer = DiskAnswer::full;
      const std::uint64_t missing = used + growth - std::max(used, *disk_.capacity_);
      written = missing >= bytes.size() ? 0 : bytes.size() - static_cast<std::size_t>(missing);
    }
  }
  if (written > 0) {
    put(file_->current, position, bytes.substr(0, written));
    file_->unsynced.push_back({position, std::string(bytes.substr(0, written)), {}});
  }
  if (disk_.power_goes()) return DiskAnswer::io_error;
  return answer;
}

DiskAnswer SimulatedDisk::Handle::read(std::uint64_t position, std::size_t size, std::string& bytes) const {
  if (dead()) return DiskAnswer::io_error;
  bytes = position < file_->current.size() ? file_->current.substr(position, size) : std::string();
  return DiskAnswer::ok;
}

DiskAnswer SimulatedDisk::Handle::truncate(std::uint64_t size) {
  if (dead()) return DiskAnswer::io_error;
  file_->current.resize(size);
  file_->unsynced.push_back({0, {}, size});
  return DiskAnswer::ok;
}

DiskAnswer SimulatedDisk::Handle::sync() {
  if (dead()) return DiskAnswer::io_error;
  if (disk_.on_sync_) disk_.on_sync_();
  if (disk_.power_goes()) return DiskAnswer::io_error;
  if (disk_.sync_faults_.strike()) {
    // the pages count as clean now: some reached the disk, and no later sync covers the others
    for (const SimulatedFile::Change& change : file_->unsynced)
      if (disk_.random_.below(2)) apply(file_->durable, change);
    file_->unsynced.clear();
    return DiskAnswer::io_error;
  }
  for (const SimulatedFile::Change& change : file_->unsynced) apply(file_->durable, change);
  file_->unsynced.clear();
  for (const auto& [name, file] : disk_.names_)
    if (file == file_) disk_.durable_names_[name] = file;
  return DiskAnswer::ok;
}

std::unique_ptr<SimulatedDisk::Handle> SimulatedDisk::open(const std::string& name, bool make) {
  if (!powered_) return nullptr;
  auto found = names_.find(name);
  if (found == names_.end()) {
    if (!make) return nullptr;
    found = names_.emplace(name, std::make_shared<SimulatedFile>()).first;
  }
  return std::make_unique<Handle>(*this, found->second);
}

DiskAnswer SimulatedDisk::remove(const std::string& name) {
  if (!powered_) return DiskAnswer::io_error;
  names_.erase(name);
  return DiskAnswer::ok;
}

DiskAnswer SimulatedDisk::sync_names(const std::string& prefix) {
  if (!powered_ || power_goes()) return DiskAnswer::io_error;
  if (sync_faults_.strike()) return DiskAnswer::io_error;
  std::erase_if(durable_names_, [&](const auto& named) { return named.first.starts_with(prefix) && !names_.contains(named.first); });
  for (const auto& [name, file] : names_)
    if (name.starts_with(prefix)) durable_names_[name] = file;
  return DiskAnswer::ok;
}

std::vector<std::string> SimulatedDisk::names(const std::string& prefix) const {
  std::vector<std::string> found;
  for (const auto& [name, file] : names_)
    if (name.starts_with(prefix)) found.push_back(name);
  return found;
}

}  // namespace tocsin::storage
