// Bytes in files of their own, each whole or not there at all. Threads: any; it keeps no state but the folder's name.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tocsin::storage {

class BlobFolder {
 public:
  explicit BlobFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Written aside, fsynced, and only then given its name; its folder is fsynced too. `unavailable` when the disk takes no more: then
  /// nothing of it is left.
  Result<void> write(const std::string& id, std::string_view bytes) const;
  /// The same from other blobs, one after the other.
  Result<void> join(const std::string& id, const std::vector<std::string>& parts) const;
  /// `count` bytes from `offset` on. `unavailable` when they are not there.
  Result<std::string> read(const std::string& id, std::int64_t offset, std::int64_t count) const;
  void remove(const std::string& id) const;
  std::vector<std::string> ids() const;

 private:
  std::filesystem::path path(const std::string& id) const;
  template <typename Fill>
  Result<void> make(const std::string& id, const Fill& fill) const;

  std::filesystem::path folder_;
};

}  // namespace tocsin::storage
