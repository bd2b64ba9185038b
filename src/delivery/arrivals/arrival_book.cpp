#include "delivery/arrivals/arrival_book.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "base/digest.h"

namespace tocsin::delivery {

struct ArrivalBook::Record {
  Digest digest;
  std::int32_t status;
  std::uint32_t check;  ///< of the rest: a power cut leaves anything behind

  std::uint32_t expected_check() const {
    const std::uint64_t mixed = (digest[0] ^ (digest[1] * 31) ^ static_cast<std::uint64_t>(std::int64_t{status} + 1)) * 0x9E3779B97F4A7C15u;
    return static_cast<std::uint32_t>(mixed >> 32);
  }
};

ArrivalBook::ArrivalBook(std::string path, const Clock& clock) : path_(std::move(path)), clock_(clock), begun_(clock.now()) {
  for (std::size_t file = 0; file < files_.size(); ++file) {
    files_[file] = ::open((path_ + '.' + std::to_string(file)).c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    read(file);
  }
  // the newer one goes on; the older one has had its time when the turn comes
  struct stat first {
  }, second{};
  if (files_[0] < 0 || files_[1] < 0 || ::fstat(files_[0], &first) != 0 || ::fstat(files_[1], &second) != 0) return;
  const bool second_is_newer =
      second.st_size > 0 && (first.st_size == 0 || second.st_mtim.tv_sec > first.st_mtim.tv_sec ||
                             (second.st_mtim.tv_sec == first.st_mtim.tv_sec && second.st_mtim.tv_nsec > first.st_mtim.tv_nsec));
  current_ = second_is_newer ? 1 : 0;
  size_ = static_cast<std::uint64_t>(second_is_newer ? second.st_size : first.st_size);
  // a record that was cut short would shift those behind it
  size_ -= size_ % sizeof(Record);
  if (::ftruncate(files_[current_], static_cast<off_t>(size_)) != 0) size_ = bytes_max;
}

ArrivalBook::~ArrivalBook() {
  for (const int file : files_)
    if (file >= 0) ::close(file);
}

ArrivalBook::Digest ArrivalBook::digest_of(std::string_view parcel_id) {
  const std::string bytes = sha256(parcel_id);
  Digest digest{};
  std::memcpy(digest.data(), bytes.data(), sizeof(digest));
  return digest;
}

void ArrivalBook::read(std::size_t file) {
  Record records[256];
  off_t at = 0;
  while (files_[file] >= 0) {
    const ssize_t bytes = ::pread(files_[file], records, sizeof(records), at);
    if (bytes < static_cast<ssize_t>(sizeof(Record))) return;
    const std::size_t count = static_cast<std::size_t>(bytes) / sizeof(Record);
    for (std::size_t n = 0; n < count; ++n)
      if (records[n].check == records[n].expected_check()) known_.emplace(records[n].digest, records[n].status);
    at += static_cast<off_t>(count * sizeof(Record));
  }
}

void ArrivalBook::turn() {
  const std::size_t next = 1 - current_;
  if (::ftruncate(files_[next], 0) != 0) return;
  current_ = next;
  size_ = 0;
  begun_ = clock_.now();
}

void ArrivalBook::note(std::string_view parcel_id, int status) {
  Record record{digest_of(parcel_id), status, 0};
  record.check = record.expected_check();
  const std::lock_guard lock(mutex_);
  if (files_[0] < 0 || files_[1] < 0) return;
  if (size_ >= bytes_max || (size_ > 0 && clock_.now() - begun_ >= kept)) turn();
  if (::write(files_[current_], &record, sizeof(record)) == static_cast<ssize_t>(sizeof(record)))
    size_ += sizeof(record);
  else if (::ftruncate(files_[current_], static_cast<off_t>(size_)) != 0)
    size_ = bytes_max;
}

std::optional<int> ArrivalBook::take(std::string_view parcel_id) {
  const std::lock_guard lock(mutex_);
  // as in most lives nothing is left of the one before
  if (known_.empty()) return std::nullopt;
  const auto found = known_.find(digest_of(parcel_id));
  if (found == known_.end()) return std::nullopt;
  const int status = found->second;
  known_.erase(found);
  return status;
}

}  // namespace tocsin::delivery
