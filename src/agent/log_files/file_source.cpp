#include "agent/log_files/file_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/document.h"
#include "base/encoding.h"

namespace tocsin::agent {
namespace {
constexpr std::size_t head_bytes_max = 128;
constexpr std::size_t line_bytes_max = 250'000;
}  // namespace

FileSource::~FileSource() { close(); }

void FileSource::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

void FileSource::go_to(const std::string& place) {
  close();
  const auto document = parse_json(place);
  if (!document) {
    inode_ = device_ = 0;
    offset_ = 0;
    head_.clear();
    return;
  }
  device_ = static_cast<std::uint64_t>(integer_or(*document, "device", 0));
  inode_ = static_cast<std::uint64_t>(integer_or(*document, "inode", 0));
  offset_ = integer_or(*document, "offset", 0);
  head_ = text_or(*document, "head");
}

std::string FileSource::place() const {
  return to_json(Object{
      {"device", static_cast<std::int64_t>(device_)}, {"inode", static_cast<std::int64_t>(inode_)}, {"offset", offset_}, {"head", head_}});
}

std::string FileSource::head_of(std::size_t bytes) const {
  std::string head(bytes, '\0');
  const ssize_t got = ::pread(descriptor_, head.data(), head.size(), 0);
  head.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return to_hex(head);
}

/// `only_known`: only when it is the file of the place.
bool FileSource::open_file(const std::filesystem::path& file, bool only_known) {
  descriptor_ = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status {};
  if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) return close(), false;
  const bool known = status.st_ino == inode_ && status.st_dev == device_ && head_of(head_.size() / 2) == head_;
  if (only_known && !known) return close(), false;
  if (known) return true;
  device_ = status.st_dev;
  inode_ = status.st_ino;
  offset_ = 0;
  head_.clear();
  return true;
}

bool FileSource::open() {
  if (descriptor_ >= 0) return true;
  if (inode_ == 0) return open_file(path_, false);
  if (open_file(path_, true)) return true;
  // renamed while nobody looked: beside it, under another name
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path_.parent_path().empty() ? "." : path_.parent_path(), error)) {
    struct stat status {};
    if (::stat(entry.path().c_str(), &status) == 0 && status.st_ino == inode_ && status.st_dev == device_ && entry.path() != path_ &&
        open_file(entry.path(), true))
      return true;
  }
  return open_file(path_, false);
}

bool FileSource::was_left() const {
  struct stat status {};
  if (::stat(path_.c_str(), &status) != 0) return errno == ENOENT;
  return status.st_ino != inode_ || status.st_dev != device_;
}

void FileSource::look_for_truncation() {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return;
  const bool shorter = status.st_size < offset_;
  if (!shorter && head_of(head_.size() / 2) == head_) {
    if (head_.size() / 2 < head_bytes_max) head_ = head_of(std::min<std::size_t>(head_bytes_max, static_cast<std::size_t>(offset_)));
    return;
  }
  offset_ = 0;
  head_.clear();
}

std::vector<std::string> FileSource::read(std::size_t lines_max, std::size_t bytes_max) {
  std::vector<std::string> lines;
  // the file, and the one that came after it
  for (int files = 0; files < 2 && lines.empty(); ++files) {
    if (!open()) return lines;
    look_for_truncation();
    std::string bytes(std::max(bytes_max, line_bytes_max), '\0');
    const ssize_t got = ::pread(descriptor_, bytes.data(), bytes.size(), offset_);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    std::size_t begin = 0, taken = 0;
    while (lines.size() < lines_max && begin < bytes.size() && taken < bytes_max) {
      std::size_t end = bytes.find('\n', begin), next = end + 1;
      if (end == std::string::npos || end - begin > line_bytes_max) {
        if (bytes.size() - begin < line_bytes_max) break;
        end = next = begin + line_bytes_max;
      }
      std::string line = bytes.substr(begin, end - begin);
      if (line.ends_with('\r')) line.pop_back();
      taken += line.size() + 26;
      if (!line.empty()) lines.push_back(std::move(line));
      begin = next;
    }
    offset_ += static_cast<std::int64_t>(begin);
    if (head_.size() / 2 < head_bytes_max) head_ = head_of(std::min<std::size_t>(head_bytes_max, static_cast<std::size_t>(offset_)));
    const bool rest = begin < bytes.size();
    if (!lines.empty() || !was_left()) return lines;
    // nobody ends its last line any more
    if (rest) {
      lines.push_back(bytes.substr(begin));
      offset_ += static_cast<std::int64_t>(bytes.size() - begin);
      return lines;
    }
    std::error_code error;
    if (!std::filesystem::exists(path_, error)) return lines;
    close();
    inode_ = device_ = 0;
    offset_ = 0;
    head_.clear();
  }
  return lines;
}

}  // namespace tocsin::agent
