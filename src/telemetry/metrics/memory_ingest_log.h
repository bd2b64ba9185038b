// An ingest log in memory, for tests: it outlives the store that is "restarted" on it.
#pragma once

#include <algorithm>
#include <map>
#include <string>

#include "storage/ingest_log.h"

namespace tocsin::telemetry {

class MemoryIngestLog final : public storage::IngestLog {
 public:
  Result<std::uint64_t> append(std::string_view record) override {
    if (refuses) return fail(ErrorKind::unavailable, "The disk is full.");
    records_.emplace(next_, record);
    return next_++;
  }
  Result<void> sync() override { return {}; }
  Result<void> read(std::uint64_t from, const std::function<bool(std::uint64_t, std::string_view)>& visit) override {
    for (auto at = records_.lower_bound(from); at != records_.end(); ++at)
      if (!visit(at->first, at->second)) break;
    return {};
  }
  Result<void> skip_to(std::uint64_t offset) override {
    next_ = std::max(next_, offset);
    return {};
  }
  void trim(std::uint64_t offset) override { records_.erase(records_.begin(), records_.lower_bound(offset)); }
  Result<void> clear() override {
    records_.clear();
    return {};
  }
  std::uint64_t next_offset() const override { return next_; }

  std::size_t size() const { return records_.size(); }
  bool refuses = false;

 private:
  std::map<std::uint64_t, std::string> records_;
  std::uint64_t next_ = 0;
};

}  // namespace tocsin::telemetry
