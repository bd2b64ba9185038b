#include "base/ids.h"

#include <array>

#include "base/encoding.h"

namespace tocsin {
namespace {
using Bytes = std::array<std::byte, 16>;

std::string format_uuid(Bytes bytes, unsigned version) {
  bytes[6] = (bytes[6] & std::byte{0x0f}) | static_cast<std::byte>(version << 4);
  bytes[8] = (bytes[8] & std::byte{0x3f}) | std::byte{0x80};
  std::string text = to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  for (const std::size_t at : {20u, 16u, 12u, 8u}) text.insert(at, 1, '-');
  return text;
}
}  // namespace

std::string make_uuid_v4(Random& random) {
  Bytes bytes;
  random.fill(bytes);
  return format_uuid(bytes, 4);
}

std::string make_uuid_v7(Random& random, Instant at) {
  Bytes bytes;
  random.fill(bytes);
  const auto ms = static_cast<std::uint64_t>(to_ms(at));
  for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<std::byte>(ms >> (40 - 8 * i));
  return format_uuid(bytes, 7);
}

std::string make_hex(Random& random, std::size_t length) { return random.letters("0123456789abcdef", length); }

std::string make_secret(Random& random) {
  std::array<std::byte, 32> bytes;
  random.fill(bytes);
  return to_base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace tocsin
