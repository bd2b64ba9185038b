#include "storage/embedded/log_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace tocsin::storage {
namespace {

std::unexpected<Error> system_failure(const std::string& path) { return fail(ErrorKind::unavailable, path + ": " + std::strerror(errno)); }

class PosixFile final : public LogFile {
 public:
  PosixFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  ~PosixFile() override { ::close(descriptor_); }

  Result<void> write_at(std::uint64_t position, std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t written = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(position));
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return system_failure(path_);
      position += static_cast<std::uint64_t>(written);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }

  Result<std::string> read_at(std::uint64_t position, std::size_t size) const override {
    std::string bytes(size, '\0');
    std::size_t filled = 0;
    while (filled < size) {
      const ssize_t got = ::pread(descriptor_, bytes.data() + filled, size - filled, static_cast<off_t>(position + filled));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return system_failure(path_);
      if (got == 0) break;
      filled += static_cast<std::size_t>(got);
    }
    bytes.resize(filled);
    return bytes;
  }

  Result<void> truncate(std::uint64_t size) override {
    if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) return system_failure(path_);
    return {};
  }

  Result<void> sync() override {
    if (::fdatasync(descriptor_) != 0) return system_failure(path_);
    return {};
  }

  std::uint64_t size() const override {
    struct stat status = {};
    return ::fstat(descriptor_, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
  }

 private:
  int descriptor_;
  std::string path_;
};

class PosixFolder final : public LogFolder {
 public:
  explicit PosixFolder(std::string path) : path_(std::move(path)) {}

  Result<std::vector<std::string>> list() const override {
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator at(path_, error), end; !error && at != end; at.increment(error))
      names.push_back(at->path().filename().string());
    if (error) return fail(ErrorKind::unavailable, path_ + ": " + error.message());
    return names;
  }

  Result<std::unique_ptr<LogFile>> open(const std::string& name) override {
    const std::string path = path_ + "/" + name;
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return system_failure(path);
    return std::make_unique<PosixFile>(descriptor, path);
  }

  Result<void> remove(const std::string& name) override {
    const std::string path = path_ + "/" + name;
    if (::unlink(path.c_str()) != 0) return system_failure(path);
    return {};
  }

  Result<void> sync() override {
    const int descriptor = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return system_failure(path_);
    const int synced = ::fsync(descriptor);
    const auto failure = system_failure(path_);
    ::close(descriptor);
    if (synced != 0) return failure;
    return {};
  }

 private:
  std::string path_;
};

}  // namespace

Result<std::unique_ptr<LogFolder>> open_log_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return system_failure(path);
  return std::make_unique<PosixFolder>(path);
}

}  // namespace tocsin::storage
