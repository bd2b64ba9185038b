#include "api/s3/checksums.h"

#include <array>
#include <boost/json.hpp>

#include "base/digest.h"
#include "base/encoding.h"

namespace tocsin::api::s3 {
namespace {

template <typename Word, Word polynomial>
constexpr std::array<Word, 256> make_table() {
  std::array<Word, 256> table{};
  for (std::size_t i = 0; i < 256; ++i) {
    Word value = static_cast<Word>(i);
    for (int bit = 0; bit < 8; ++bit) value = value & 1 ? (value >> 1) ^ polynomial : value >> 1;
    table[i] = value;
  }
  return table;
}

template <typename Word, Word polynomial>
Word crc(std::string_view bytes) {
  static constexpr std::array<Word, 256> table = make_table<Word, polynomial>();
  Word value = ~Word{0};
  for (const char c : bytes) value = table[(value ^ static_cast<unsigned char>(c)) & 0xFF] ^ (value >> 8);
  return ~value;
}

template <typename Word>
std::string big_endian(Word value) {
  std::string out;
  for (int shift = static_cast<int>(sizeof(Word)) * 8 - 8; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
  return out;
}

struct Checksum {
  const char* member;
  std::string (*compute)(std::string_view bytes);
};
const Checksum checksums[] = {{"ContentMD5", md5},
                              {"ChecksumMD5", md5},
                              {"ChecksumCRC32", [](std::string_view bytes) { return big_endian(crc32(bytes)); }},
                              {"ChecksumCRC32C", [](std::string_view bytes) { return big_endian(crc32c(bytes)); }},
                              {"ChecksumCRC64NVME", [](std::string_view bytes) { return big_endian(crc64nvme(bytes)); }},
                              {"ChecksumSHA1", sha1},
                              {"ChecksumSHA256", sha256}};

}  // namespace

std::uint32_t crc32(std::string_view bytes) { return crc<std::uint32_t, 0xEDB88320u>(bytes); }
std::uint32_t crc32c(std::string_view bytes) { return crc<std::uint32_t, 0x82F63B78u>(bytes); }
std::uint64_t crc64nvme(std::string_view bytes) { return crc<std::uint64_t, 0x9A6C9329AC4BC9B5u>(bytes); }

std::optional<std::string> wrong_checksum(const Document& input, std::string_view bytes) {
  for (const Checksum& each : checksums)
    if (const auto given = text_at(input, each.member); given && *given != to_base64(each.compute(bytes))) return each.member;
  return std::nullopt;
}

Object given_checksums(const Document& input) {
  Object out;
  for (const Checksum& each : checksums)
    if (const auto given = text_at(input, each.member); given && std::string_view(each.member) != "ContentMD5") out[each.member] = *given;
  return out;
}

}  // namespace tocsin::api::s3
