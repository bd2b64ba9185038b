#include "access/mfa_devices/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace tocsin::access {

std::int64_t totp_step(Instant at) { return to_seconds(at) / 30; }

// https://www.rfc-editor.org/rfc/rfc4226#section-5.3
std::string totp_code(std::string_view seed, std::int64_t step) {
  std::array<unsigned char, 8> moving{};
  for (std::size_t i = 0; i < moving.size(); ++i) moving[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(step) >> (56 - 8 * i));
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned length = 0;
  HMAC(EVP_sha1(), seed.data(), static_cast<int>(seed.size()), moving.data(), moving.size(), mac.data(), &length);
  const std::size_t at = mac[19] & 0x0f;
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | mac[at + i];
  std::string digits = std::to_string((number & 0x7fffffff) % 1'000'000);
  return std::string(6 - digits.size(), '0') + digits;
}

std::string to_base32(std::string_view bytes) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  std::uint32_t held = 0;
  int bits = 0;
  for (const unsigned char byte : bytes) {
    held = held << 8 | byte;
    for (bits += 8; bits >= 5; bits -= 5) out += letters[held >> (bits - 5) & 31];
  }
  if (bits > 0) out += letters[held << (5 - bits) & 31];
  return out;
}

}  // namespace tocsin::access
