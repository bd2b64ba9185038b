// Numbers as few bytes: what chunks and ingest records are written with. A reader never passes the end: it fails, and then gives zeros.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace tocsin::telemetry {

class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}
  void byte(std::uint8_t value) { out_ += static_cast<char>(value); }
  /// LEB128.
  void varint(std::uint64_t value);
  void zigzag(std::int64_t value) { varint((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63)); }
  /// The bytes in which the value differs from the one before it.
  void real(double value, double before);
  /// A number that is most often whole and small.
  void count(double value);
  void text(std::string_view value) {
    varint(value.size());
    out_ += value;
  }

 private:
  std::string& out_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view in) : in_(in) {}
  std::uint8_t byte();
  std::uint64_t varint();
  std::int64_t zigzag() {
    const std::uint64_t value = varint();
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
  }
  double real(double before);
  double count();
  std::string_view text();
  /// The next `size` bytes as they are.
  std::string_view bytes(std::size_t size);

  /// What was read cannot be: from now on it has failed. False, for its caller to return.
  bool fail() { return !(failed_ = true); }
  bool failed() const { return failed_; }
  bool at_end() const { return in_.empty(); }
  std::size_t left() const { return in_.size(); }

 private:
  std::string_view in_;
  bool failed_ = false;
};

}  // namespace tocsin::telemetry
