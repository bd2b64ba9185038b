#include "access/login_profiles/password_hash.h"

#include <openssl/evp.h>

#include <charconv>
#include <optional>
#include <vector>

#include "base/digest.h"
#include "base/encoding.h"

namespace tocsin::access {
namespace {

// https://www.rfc-editor.org/rfc/rfc7914#section-2; 128 * N * r bytes
struct Cost {
  std::uint64_t log2_n = 15;
  std::uint64_t r = 8;
  std::uint64_t p = 1;
};
constexpr std::size_t salt_bytes = 16;
constexpr std::size_t hash_bytes = 32;
constexpr std::uint64_t memory_max = 128ULL << 20;
constexpr std::uint64_t log2_n_max = 17;

std::optional<std::string> scrypt(std::string_view password, std::string_view salt, const Cost& cost) {
  std::string out(hash_bytes, '\0');
  const int done = EVP_PBE_scrypt(password.data(), password.size(), reinterpret_cast<const unsigned char*>(salt.data()), salt.size(),
                                  std::uint64_t{1} << cost.log2_n, cost.r, cost.p, memory_max + (1 << 20),
                                  reinterpret_cast<unsigned char*>(out.data()), out.size());
  if (done != 1) return std::nullopt;
  return out;
}

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('$', at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

bool read_number(std::string_view text, std::uint64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && out > 0;
}

}  // namespace

std::string hash_password(std::string_view password, Random& random) {
  const Cost cost;
  std::string salt(salt_bytes, '\0');
  random.fill(std::as_writable_bytes(std::span(salt.data(), salt.size())));
  const auto hash = scrypt(password, salt, cost);
  return "scrypt$" + std::to_string(cost.log2_n) + '$' + std::to_string(cost.r) + '$' + std::to_string(cost.p) + '$' + to_hex(salt) + '$' +
         (hash ? to_hex(*hash) : "");
}

bool password_matches(std::string_view hash, std::string_view password) {
  const auto parts = parts_of(hash);
  Cost cost;
  if (parts.size() != 6 || parts[0] != "scrypt" || !read_number(parts[1], cost.log2_n) || cost.log2_n > log2_n_max ||
      !read_number(parts[2], cost.r) || !read_number(parts[3], cost.p))
    return false;
  const auto expected = from_hex(parts[5]);
  if (!expected || expected->size() != hash_bytes) return false;
  const auto salt = from_hex(parts[4]);
  const auto found = salt ? scrypt(password, *salt, cost) : std::nullopt;
  return found && equal_constant_time(*found, *expected);
}

std::string make_password(Random& random) {
  // each part holds a kind that every password policy can ask for
  return random.letters("ABCDEFGHJKLMNPQRSTUVWXYZ", 5) + '-' + random.letters("abcdefghijkmnpqrstuvwxyz", 5) + '-' +
         random.letters("23456789", 4) + '+' + random.letters("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", 6);
}

}  // namespace tocsin::access
