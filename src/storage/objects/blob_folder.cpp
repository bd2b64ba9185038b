#include "storage/objects/blob_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tocsin::storage {
namespace {

constexpr std::size_t copied_at_once = 1 << 20;

std::unexpected<Error> failed(const std::string& what) { return fail(ErrorKind::unavailable, what + ": " + std::strerror(errno)); }

class File {
 public:
  File(const std::filesystem::path& path, int flags) : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }

  Result<void> write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return failed("The object could not be written");
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }
  /// Less than asked only at the end.
  Result<std::size_t> read(char* into, std::size_t count, std::int64_t offset) const {
    std::size_t got = 0;
    while (got < count) {
      const ssize_t read = ::pread(descriptor_, into + got, count - got, offset + static_cast<std::int64_t>(got));
      if (read < 0 && errno == EINTR) continue;
      if (read < 0) return failed("The object could not be read");
      if (read == 0) break;
      got += static_cast<std::size_t>(read);
    }
    return got;
  }

 private:
  int descriptor_;
};

void sync_folder(const std::filesystem::path& folder) {
  const File file(folder, O_RDONLY | O_DIRECTORY);
  if (file.is_open()) (void)::fsync(file.descriptor());
}

}  // namespace

// some hundred folders, so that none grows large
std::filesystem::path BlobFolder::path(const std::string& id) const { return folder_ / id.substr(0, 2) / id; }

template <typename Fill>
Result<void> BlobFolder::make(const std::string& id, const Fill& fill) const {
  const std::filesystem::path whole = path(id), aside = whole.string() + ".part";
  std::error_code error;
  const bool fresh = std::filesystem::create_directories(whole.parent_path(), error);
  if (error) return fail(ErrorKind::unavailable, "The folder of objects cannot be made: " + error.message());
  if (fresh) sync_folder(folder_);
  Result<void> done;
  {
    const File file(aside, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file.is_open()) return failed("The object could not be made");
    done = fill(file);
    if (done && ::fsync(file.descriptor()) != 0) done = failed("The object could not be synced");
  }
  if (done && ::rename(aside.c_str(), whole.c_str()) != 0) done = failed("The object could not be named");
  if (!done) {
    (void)::unlink(aside.c_str());
    return done;
  }
  sync_folder(whole.parent_path());
  return {};
}

Result<void> BlobFolder::write(const std::string& id, std::string_view bytes) const {
  return make(id, [&](const File& file) { return file.write(bytes); });
}

Result<void> BlobFolder::join(const std::string& id, const std::vector<std::string>& parts) const {
  return make(id, [&](const File& file) -> Result<void> {
    std::string buffer(copied_at_once, '\0');
    for (const std::string& part : parts) {
      const File from(path(part), O_RDONLY);
      if (!from.is_open()) return failed("A part could not be opened");
      for (std::int64_t at = 0;;) {
        const auto got = from.read(buffer.data(), buffer.size(), at);
        if (!got) return std::unexpected(got.error());
        if (auto written = file.write(std::string_view(buffer).substr(0, *got)); !written) return written;
        at += static_cast<std::int64_t>(*got);
        if (*got < buffer.size()) break;
      }
    }
    return {};
  });
}

Result<std::string> BlobFolder::read(const std::string& id, std::int64_t offset, std::int64_t count) const {
  if (count == 0) return std::string();
  const File file(path(id), O_RDONLY);
  if (!file.is_open()) return failed("The object could not be opened");
  std::string bytes(static_cast<std::size_t>(count), '\0');
  const auto got = file.read(bytes.data(), bytes.size(), offset);
  if (!got) return std::unexpected(got.error());
  if (*got != bytes.size()) return fail(ErrorKind::unavailable, "The object is shorter than it was.");
  return bytes;
}

void BlobFolder::remove(const std::string& id) const { (void)::unlink(path(id).c_str()); }

std::vector<std::string> BlobFolder::ids() const {
  std::vector<std::string> out;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator at(folder_, error), end; !error && at != end; at.increment(error))
    if (at->is_regular_file(error)) out.push_back(at->path().filename().string());
  return out;
}

}  // namespace tocsin::storage
