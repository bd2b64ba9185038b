#include "telemetry/metrics/byte_codec.h"

#include <cmath>

namespace tocsin::telemetry {

void ByteWriter::varint(std::uint64_t value) {
  while (value >= 0x80) {
    byte(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  byte(static_cast<std::uint8_t>(value));
}

void ByteWriter::real(double value, double before) {
  const std::uint64_t different = std::bit_cast<std::uint64_t>(value) ^ std::bit_cast<std::uint64_t>(before);
  if (different == 0) return byte(0xff);
  const int leading = std::countl_zero(different) / 8;
  const int trailing = std::countr_zero(different) / 8;
  byte(static_cast<std::uint8_t>(leading << 4 | trailing));
  for (int place = 7 - leading; place >= trailing; --place) byte(static_cast<std::uint8_t>(different >> (8 * place)));
}

void ByteWriter::count(double value) {
  constexpr double whole_max = 0x1p52;
  if (value >= 0 && value < whole_max && value == std::floor(value)) return varint(static_cast<std::uint64_t>(value) << 1);
  varint(1);
  real(value, 0);
}

std::uint8_t ByteReader::byte() {
  if (in_.empty()) {
    failed_ = true;
    return 0;
  }
  const auto value = static_cast<std::uint8_t>(in_.front());
  in_.remove_prefix(1);
  return value;
}

std::uint64_t ByteReader::varint() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const std::uint8_t next = byte();
    value |= static_cast<std::uint64_t>(next & 0x7f) << shift;
    if (!(next & 0x80)) return failed_ ? 0 : value;
  }
  failed_ = true;
  return 0;
}

double ByteReader::real(double before) {
  const std::uint8_t head = byte();
  if (failed_) return 0;
  if (head == 0xff) return before;
  const int leading = head >> 4, trailing = head & 15;
  if (leading + trailing > 7) {
    failed_ = true;
    return 0;
  }
  std::uint64_t different = 0;
  for (int place = 7 - leading; place >= trailing; --place) different |= static_cast<std::uint64_t>(byte()) << (8 * place);
  return failed_ ? 0 : std::bit_cast<double>(std::bit_cast<std::uint64_t>(before) ^ different);
}

double ByteReader::count() {
  const std::uint64_t value = varint();
  if (value & 1) return real(0);
  return static_cast<double>(value >> 1);
}

std::string_view ByteReader::text() { return bytes(varint()); }

std::string_view ByteReader::bytes(std::size_t size) {
  if (failed_ || size > in_.size()) {
    failed_ = true;
    return {};
  }
  const std::string_view value = in_.substr(0, size);
  in_.remove_prefix(size);
  return value;
}

}  // namespace tocsin::telemetry
