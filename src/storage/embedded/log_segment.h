// One file of the ingest log: records one after another, named by the offset of the first.
//
// A record is its length (4 bytes, little endian), a checksum (8 bytes: XXH3 of the payload, seeded with offset and length) and the
// payload. The seed tells a record from what an earlier file left in the same blocks, and a run of zeros from an empty record.
#pragma once

#include <atomic>
#include <functional>
#include <optional>

#include "storage/embedded/log_folder.h"

namespace tocsin::storage {

constexpr std::size_t record_header_size = 12;
constexpr std::size_t record_size_max = std::size_t{64} << 20;

/// "00000000000000004711.log"
std::string segment_name(std::uint64_t first_offset);
std::optional<std::uint64_t> offset_of_segment_name(std::string_view name);
/// Header and payload.
void write_record(std::string& out, std::uint64_t offset, std::string_view payload);

/// Threads: append, cut and sync from one at a time; visit from any, up to what was appended when it began.
class LogSegment {
 public:
  using Visit = std::function<bool(std::uint64_t offset, std::string_view record)>;

  LogSegment(std::uint64_t first_offset, std::unique_ptr<LogFile> file)
      : first_offset_(first_offset), file_(std::move(file)), next_offset_(first_offset) {}

  /// Finds the whole records; cuts off what is behind them. Called once, after opening a file that may hold some.
  Result<void> recover();
  /// On an error the record is not there.
  Result<void> append(std::string_view record);
  /// What a failed sync may have dropped is written again first.
  Result<void> sync();

  struct Place {
    std::uint64_t offset;
    std::uint64_t position;
  };
  /// Visits the records from `place` on; moves it behind the last that was visited. False when `visit` ended it.
  Result<bool> visit(Place& place, const Visit& visit) const;

  Place begin() const { return {first_offset_, 0}; }
  std::uint64_t first_offset() const { return first_offset_; }
  std::uint64_t next_offset() const { return next_offset_; }
  std::uint64_t size() const { return size_; }
  bool synced() const { return synced_size_ == size_ && !rewrite_; }

 private:
  Result<void> cut_back();

  std::uint64_t first_offset_;
  std::unique_ptr<LogFile> file_;
  std::atomic<std::uint64_t> next_offset_;
  std::atomic<std::uint64_t> size_ = 0;
  std::atomic<std::uint64_t> synced_size_ = 0;
  std::atomic<bool> rewrite_ = false;
  bool tail_is_dirty_ = false;
  std::string buffer_;
};

}  // namespace tocsin::storage
