#include "storage/embedded/log_segment.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <charconv>
#include <cstring>

#include "base/log.h"

namespace tocsin::storage {
namespace {

constexpr std::size_t chunk_size = 256 * 1024;
constexpr std::string_view suffix = ".log";

std::uint64_t checksum(std::uint64_t offset, std::string_view payload) {
  return XXH3_64bits_withSeed(payload.data(), payload.size(), offset * 0x9E3779B97F4A7C15ULL + payload.size());
}

template <typename Integer>
Integer read_integer(const char* bytes) {
  Integer value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i) value |= static_cast<Integer>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  return value;
}

template <typename Integer>
void write_integer(std::string& out, Integer value) {
  for (std::size_t i = 0; i < sizeof value; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

/// Reads records of a file in large pieces.
class RecordReader {
 public:
  RecordReader(const LogFile& file, std::uint64_t position, std::uint64_t end) : file_(file), position_(position), end_(end) {}

  /// The next whole record, valid until the next call; nullopt at the end or at the first that is not whole.
  Result<std::optional<std::string_view>> next(std::uint64_t offset) {
    if (auto ready = fill(record_header_size); !ready || !*ready) return none(ready);
    const auto length = read_integer<std::uint32_t>(at());
    if (length > record_size_max) return std::nullopt;
    if (auto ready = fill(record_header_size + length); !ready || !*ready) return none(ready);
    const std::string_view payload(at() + record_header_size, length);
    if (read_integer<std::uint64_t>(at() + 4) != checksum(offset, payload)) return std::nullopt;
    position_ += record_header_size + length;
    return payload;
  }
  std::uint64_t position() const { return position_; }

 private:
  static Result<std::optional<std::string_view>> none(const Result<bool>& ready) {
    if (!ready) return std::unexpected(ready.error());
    return std::nullopt;
  }
  const char* at() const { return buffer_.data() + (position_ - buffer_at_); }

  Result<bool> fill(std::size_t size) {
    if (position_ + size > end_) return false;
    if (position_ >= buffer_at_ && position_ + size <= buffer_at_ + buffer_.size()) return true;
    auto read = file_.read_at(position_, std::min<std::uint64_t>(std::max(size, chunk_size), end_ - position_));
    if (!read) return std::unexpected(read.error());
    buffer_ = std::move(*read);
    buffer_at_ = position_;
    return buffer_.size() >= size;
  }

  const LogFile& file_;
  std::uint64_t position_;
  std::uint64_t end_;
  std::string buffer_;
  std::uint64_t buffer_at_ = 0;
};

}  // namespace

std::string segment_name(std::uint64_t first_offset) { return fmt::format("{:020}{}", first_offset, suffix); }

std::optional<std::uint64_t> offset_of_segment_name(std::string_view name) {
  if (name.size() != 20 + suffix.size() || !name.ends_with(suffix)) return std::nullopt;
  std::uint64_t offset = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + 20, offset);
  if (error != std::errc{} || end != name.data() + 20) return std::nullopt;
  return offset;
}

void write_record(std::string& out, std::uint64_t offset, std::string_view payload) {
  write_integer(out, static_cast<std::uint32_t>(payload.size()));
  write_integer(out, checksum(offset, payload));
  out += payload;
}

Result<void> LogSegment::recover() {
  const std::uint64_t size = file_->size();
  RecordReader reader(*file_, 0, size);
  while (true) {
    auto record = reader.next(next_offset_);
    if (!record) return std::unexpected(record.error());
    if (!*record) break;
    ++next_offset_;
  }
  size_ = reader.position();
  if (size_ == size) return {};
  log::warning(
      "storage/ingest_log", "a torn record was cut off",
      {{"segment", segment_name(first_offset_)}, {"bytes", std::to_string(size - size_)}, {"next_offset", std::to_string(next_offset_)}});
  if (auto cut = file_->truncate(size_); !cut) return cut;
  // else a power cut could bring records back behind those that are given these offsets now
  return file_->sync();
}

Result<void> LogSegment::cut_back() {
  auto cut = file_->truncate(size_);
  tail_is_dirty_ = !cut;
  return cut;
}

Result<void> LogSegment::append(std::string_view record) {
  if (tail_is_dirty_) {
    if (auto cut = cut_back(); !cut) return cut;
  }
  buffer_.clear();
  write_record(buffer_, next_offset_, record);
  if (auto written = file_->write_at(size_, buffer_); !written) {
    (void)cut_back();
    return written;
  }
  size_ += buffer_.size();
  ++next_offset_;
  if (buffer_.capacity() > chunk_size) buffer_ = {};
  return {};
}

/// After a failed fsync the kernel may hold the pages for clean, so that the next fsync would promise what it did not do.
Result<void> LogSegment::sync() {
  const std::uint64_t size = size_;
  if (rewrite_) {
    for (std::uint64_t at = synced_size_; at < size;) {
      auto bytes = file_->read_at(at, std::min<std::uint64_t>(chunk_size, size - at));
      if (!bytes) return std::unexpected(bytes.error());
      if (bytes->empty()) return fail(ErrorKind::unavailable, "the ingest log is shorter than it was");
      if (auto written = file_->write_at(at, *bytes); !written) return written;
      at += bytes->size();
    }
  }
  auto synced = file_->sync();
  rewrite_ = !synced;
  if (synced) synced_size_ = size;
  return synced;
}

Result<bool> LogSegment::visit(Place& place, const Visit& visit) const {
  const std::uint64_t end_offset = next_offset_;
  RecordReader reader(*file_, place.position, size_);
  while (place.offset < end_offset) {
    auto record = reader.next(place.offset);
    if (!record) return std::unexpected(record.error());
    if (!*record) {
      log::error("storage/ingest_log", "a record is damaged; what is behind it in its segment is lost",
                 {{"segment", segment_name(first_offset_)}, {"offset", std::to_string(place.offset)}});
      return true;
    }
    const std::uint64_t offset = place.offset;
    place = {offset + 1, reader.position()};
    if (!visit(offset, **record)) return false;
  }
  return true;
}

}  // namespace tocsin::storage
