#include "storage/embedded/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace tocsin::storage {
namespace {

std::string holder(int descriptor) {
  char text[32] = {};
  const ssize_t got = ::pread(descriptor, text, sizeof text - 1, 0);
  return got > 0 ? std::string(text, static_cast<std::size_t>(got)) : "unknown";
}

}  // namespace

Result<FileLock> FileLock::take(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return fail(ErrorKind::unavailable, path + ": " + std::strerror(errno));
  FileLock lock(descriptor);
  // who only looks whether a server runs (doctor) holds it for a moment
  int refused = ::flock(descriptor, LOCK_EX | LOCK_NB);
  for (int tries = 0; refused != 0 && tries < 5; ++tries) {
    ::usleep(20'000);
    refused = ::flock(descriptor, LOCK_EX | LOCK_NB);
  }
  if (refused != 0)
    return fail(ErrorKind::unavailable, path + ": another server (process " + holder(descriptor) + ") uses this data directory", "locked");
  const std::string self = std::to_string(::getpid());
  // the number is for people only: a full disk must not stop the server from starting
  if (::ftruncate(descriptor, 0) == 0) [[maybe_unused]]
    const ssize_t written = ::pwrite(descriptor, self.data(), self.size(), 0);
  return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace tocsin::storage
