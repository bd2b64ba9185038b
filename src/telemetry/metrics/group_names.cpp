#include "telemetry/metrics/group_names.h"

#include <zstd.h>

#include "telemetry/metrics/number_column.h"

namespace tocsin::telemetry {
namespace {
constexpr std::uint8_t format_version = 1;
constexpr int compression_level = 3;
// 64 keys of 30 dimensions of 1,024 bytes and their names are below it
constexpr unsigned long long raw_bytes_max = 8u << 20;
}  // namespace

std::string encode_names(const MemberKeys& keys) {
  std::string raw;
  ByteWriter out(raw);
  out.byte(format_version);
  out.byte(static_cast<std::uint8_t>(keys.size()));
  for (const auto& [member, key] : keys) {
    out.byte(member);
    out.text(key);
  }
  std::string packed(ZSTD_compressBound(raw.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), raw.data(), raw.size(), compression_level));
  return packed;
}

bool decode_names(std::string_view bytes, MemberKeys& keys) {
  const unsigned long long size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > raw_bytes_max) return false;
  std::string raw(size, '\0');
  const std::size_t got = ZSTD_decompress(raw.data(), raw.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(got) || got != size) return false;
  ByteReader in(raw);
  if (in.byte() != format_version) return false;
  const std::size_t count = in.byte();
  for (std::size_t i = 0; i < count; ++i) {
    const Member member = in.byte();
    keys.emplace_back(member, in.text());
    if (member >= group_size) return false;
  }
  return !in.failed() && in.at_end();
}

std::string encode_seen(const std::vector<std::int64_t>& last_seen_s) {
  std::string bytes;
  write_integers(bytes, last_seen_s);
  return bytes;
}

bool decode_seen(std::string_view bytes, std::size_t count, std::vector<std::int64_t>& last_seen_s) {
  ByteReader in(bytes);
  return read_integers(in, count, last_seen_s) && in.at_end();
}

}  // namespace tocsin::telemetry
