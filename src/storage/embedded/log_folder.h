// The few things that the ingest log asks of a file system, so that the same log runs on a disk and on a simulated one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tocsin::storage {

/// An open file. Threads: read_at from any, the rest from one at a time. Removing the file leaves open ones readable.
class LogFile {
 public:
  virtual ~LogFile() = default;
  /// All or an error; on an error some of it may have been written.
  virtual Result<void> write_at(std::uint64_t position, std::string_view bytes) = 0;
  /// Fewer bytes than asked for only at the end of the file.
  virtual Result<std::string> read_at(std::uint64_t position, std::size_t size) const = 0;
  virtual Result<void> truncate(std::uint64_t size) = 0;
  virtual Result<void> sync() = 0;
  virtual std::uint64_t size() const = 0;
};

class LogFolder {
 public:
  virtual ~LogFolder() = default;
  virtual Result<std::vector<std::string>> list() const = 0;
  /// Made when it is not there.
  virtual Result<std::unique_ptr<LogFile>> open(const std::string& name) = 0;
  virtual Result<void> remove(const std::string& name) = 0;
  /// Makes what was made and removed safe from a power cut.
  virtual Result<void> sync() = 0;
};

/// A folder of the file system, made (mode 0700) when it is not there.
Result<std::unique_ptr<LogFolder>> open_log_folder(const std::string& path);

}  // namespace tocsin::storage
