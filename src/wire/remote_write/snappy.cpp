#include "wire/remote_write/snappy.h"

#include <cstdint>
#include <cstring>

namespace tocsin::wire {
namespace {

std::unexpected<Error> damaged() { return fail(ErrorKind::invalid, "snappy: the block is damaged"); }

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  bool at_end() const { return rest_.empty(); }
  bool failed() const { return failed_; }

  /// A number of `count` bytes, the lowest first.
  std::size_t number(std::size_t count) {
    std::size_t value = 0;
    const std::string_view bytes = take(count);
    for (std::size_t i = 0; i < bytes.size(); ++i) value |= static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[i])) << (8 * i);
    return value;
  }
  std::size_t varint() {
    std::size_t value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      const std::size_t byte = number(1);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    failed_ = true;
    return 0;
  }
  std::string_view take(std::size_t count) {
    if (count > rest_.size()) {
      failed_ = true;
      return {};
    }
    const std::string_view bytes = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return bytes;
  }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

/// What is unpacked, into room that is there beforehand.
class Unpacked {
 public:
  explicit Unpacked(std::size_t size) : bytes_(size, '\0') {}
  std::size_t left() const { return bytes_.size() - used_; }
  void literal(std::string_view bytes) {
    std::memcpy(bytes_.data() + used_, bytes.data(), bytes.size());
    used_ += bytes.size();
  }
  /// The last `offset` bytes again, `count` of them; they may overlap with what is written.
  bool copy(std::size_t offset, std::size_t count) {
    if (offset == 0 || offset > used_) return false;
    char* to = bytes_.data() + used_;
    if (offset >= count)
      std::memcpy(to, to - offset, count);
    else
      for (std::size_t i = 0; i < count; ++i) to[i] = to[static_cast<std::ptrdiff_t>(i) - static_cast<std::ptrdiff_t>(offset)];
    used_ += count;
    return true;
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
  std::size_t used_ = 0;
};

bool element(Reader& in, Unpacked& out) {
  const std::size_t tag = in.number(1), upper = tag >> 2;
  std::size_t count = upper + 1, offset = 0;
  switch (tag & 3) {
    case 0: {
      if (upper >= 60) count = in.number(upper - 59) + 1;
      if (count > out.left()) return false;
      const std::string_view bytes = in.take(count);
      if (!in.failed()) out.literal(bytes);
      return !in.failed();
    }
    case 1:
      count = (upper & 7) + 4;
      offset = (upper >> 3) << 8 | in.number(1);
      break;
    case 2:
      offset = in.number(2);
      break;
    default:
      offset = in.number(4);
  }
  return !in.failed() && count <= out.left() && out.copy(offset, count);
}

}  // namespace

Result<std::string> snappy_decompress(std::string_view block, std::size_t bytes_max) {
  Reader in(block);
  const std::size_t size = in.varint();
  if (in.failed()) return damaged();
  if (size > bytes_max) return fail(ErrorKind::limit_exceeded, "snappy: the block holds more than is taken");
  // no block unpacks to more than this many times its bytes: room is not made for what cannot come
  constexpr std::size_t growth_max = 64;
  if (size / growth_max > block.size()) return damaged();
  Unpacked out(size);
  while (!in.at_end())
    if (!element(in, out)) return damaged();
  if (out.left() != 0) return damaged();
  return out.take();
}

std::string snappy_literal(std::string_view bytes) {
  std::string block;
  for (std::size_t size = bytes.size(); true; size >>= 7) {
    block += static_cast<char>(size < 0x80 ? size : (size & 0x7f) | 0x80);
    if (size < 0x80) break;
  }
  constexpr std::size_t piece_max = 65'536;
  for (std::size_t at = 0; at < bytes.size(); at += piece_max) {
    const std::string_view piece = bytes.substr(at, piece_max);
    const std::size_t length = piece.size() - 1;
    block += static_cast<char>(61 << 2);  // a literal whose length has two bytes
    block += static_cast<char>(length & 0xff);
    block += static_cast<char>(length >> 8);
    block += piece;
  }
  return block;
}

}  // namespace tocsin::wire
