// One server per data directory: an flock on a file, held by the kernel for as long as this object and the process live, also through kill
// -9.
#pragma once

#include <string>

#include "base/result.h"

namespace tocsin::storage {

class FileLock {
 public:
  /// Creates the file (mode 0600) if need be and locks it; `unavailable` with the holder's process id when someone else holds it.
  static Result<FileLock> take(const std::string& path);
  FileLock() = default;
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace tocsin::storage
