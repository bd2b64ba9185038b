// What telemetry was accepted, written before it is acknowledged and applied to its partition afterwards; applying it again changes nothing, since each partition
// remembers the offset up to which it has applied. Written before the answer, synced within 200 ms: kill -9 loses nothing, a power cut at most that.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tocsin::storage {

/// Threads: one appender; read and trim from any thread.
class IngestLog {
 public:
  virtual ~IngestLog() = default;
  /// Appends one record (any bytes, at most 64 MiB) and returns its offset; offsets grow by one. `unavailable` when the disk refuses: then the record is not there.
  virtual Result<std::uint64_t> append(std::string_view record) = 0;
  /// Makes all appended records safe from a power cut. Called every 200 ms by the owner's executor.
  virtual Result<void> sync() = 0;
  /// Calls `visit` for every whole record from `from` on, in order, until it returns false. A torn record at the end is cut off when the log is opened.
  virtual Result<void> read(std::uint64_t from, const std::function<bool(std::uint64_t offset, std::string_view record)>& visit) = 0;
  /// Records to come get at least this offset. Called once after opening, with the highest offset that any partition has applied plus one: a power cut may have taken
  /// records from the log that a partition, synced earlier, remembers as applied, and their offsets must not be given to others.
  virtual Result<void> skip_to(std::uint64_t offset) = 0;
  /// Records below `offset` are applied everywhere and may be removed.
  virtual void trim(std::uint64_t offset) = 0;
  /// The same by the appender, who may let go of the records for good: also of those that lie where it appends to.
  virtual void cut(std::uint64_t offset) { trim(offset); }
  /// Removes every record; offsets go on. Called after opening, before anything reads.
  virtual Result<void> clear() = 0;
  /// The offset that the next record will get.
  virtual std::uint64_t next_offset() const = 0;
};

}  // namespace tocsin::storage
