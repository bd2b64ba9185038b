#include "telemetry/metrics/series_block.h"

#include "telemetry/metrics/byte_codec.h"

namespace tocsin::telemetry {
namespace {
constexpr std::uint8_t format_version = 1;
}

std::string encode_series_block(const std::vector<MemberBytes>& parts) {
  std::string block;
  ByteWriter out(block);
  out.byte(format_version);
  out.byte(static_cast<std::uint8_t>(parts.size()));
  for (const MemberBytes& each : parts) {
    out.byte(each.member);
    out.varint(each.bytes.size());
  }
  for (const MemberBytes& each : parts) block += each.bytes;
  return block;
}

std::optional<std::vector<MemberBytes>> parts_of_block(std::string_view block) {
  ByteReader in(block);
  if (in.byte() != format_version) return std::nullopt;
  const std::size_t count = in.byte();
  if (count > group_size) return std::nullopt;
  std::vector<std::pair<Member, std::uint64_t>> sizes(count);
  for (auto& [member, size] : sizes) {
    member = in.byte();
    size = in.varint();
    if (member >= group_size) return std::nullopt;
  }
  std::vector<MemberBytes> parts;
  for (const auto& [member, size] : sizes) {
    if (!parts.empty() && parts.back().member >= member) return std::nullopt;
    parts.push_back({member, in.bytes(size)});
  }
  if (in.failed() || !in.at_end()) return std::nullopt;
  return parts;
}

std::string_view find_in_block(std::string_view block, Member member) {
  ByteReader in(block);
  if (in.byte() != format_version) return {};
  const std::size_t count = in.byte();
  std::uint64_t before = 0, size = 0;
  bool found = false;
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    const Member each = in.byte();
    const std::uint64_t bytes = in.varint();
    if (each == member) {
      size = bytes;
      found = true;
    }
    if (!found) before += bytes;
  }
  if (!found) return {};
  in.bytes(before);
  const std::string_view bytes = in.bytes(size);
  return in.failed() ? std::string_view() : bytes;
}

}  // namespace tocsin::telemetry
