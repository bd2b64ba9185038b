// A block: what up to 64 series (a group) have in one slot of time at one resolution, each as bytes of its own (period_run.h), so that one
// is read without the others.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::telemetry {

/// Series of one group are those whose ids are equal but for the last six bits, which are the member.
inline constexpr std::uint32_t group_size = 64;
using GroupId = std::uint32_t;
using Member = std::uint8_t;
constexpr GroupId group_of(std::uint32_t series) { return series / group_size; }
constexpr Member member_of(std::uint32_t series) { return static_cast<Member>(series % group_size); }

struct MemberBytes {
  Member member;
  std::string_view bytes;
};

/// `parts` ascending by member.
std::string encode_series_block(const std::vector<MemberBytes>& parts);
/// Ascending by member; nullopt when the block is damaged.
std::optional<std::vector<MemberBytes>> parts_of_block(std::string_view block);
/// Empty when the member is not in it, or the block is damaged.
std::string_view find_in_block(std::string_view block, Member member);

}  // namespace tocsin::telemetry
