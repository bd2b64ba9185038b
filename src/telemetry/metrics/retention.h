// At which resolution points are kept, how long, and how they are cut into chunks.
#pragma once

#include <array>
#include <cstdint>

namespace tocsin::telemetry {

struct Tier {
  std::int64_t resolution_s;
  std::int64_t kept_s;
  std::int64_t slot_s;  ///< span of time of one chunk
};

inline constexpr std::int64_t hour_s = 3600;
inline constexpr std::int64_t day_s = 24 * hour_s;
/// Each coarser tier (but the second) is made of the one before when that has grown old; the first holds copies of high-resolution points
/// beside the second.
inline constexpr std::array<Tier, 4> tiers{
    {{1, 3 * hour_s, 600}, {60, 15 * day_s, 2 * hour_s}, {300, 63 * day_s, day_s}, {hour_s, 455 * day_s, 14 * day_s}}};

constexpr std::int64_t floor_to(std::int64_t value, std::int64_t unit) { return value - ((value % unit) + unit) % unit; }

/// Points this late or this early are accepted.
inline constexpr std::int64_t late_max_s = 14 * day_s;
inline constexpr std::int64_t early_max_s = 2 * hour_s;

/// How far back a period can be read.
constexpr std::int64_t readable_back_s(std::int64_t period_s) {
  if (period_s < 60) return tiers[0].kept_s;
  if (period_s % tiers[3].resolution_s == 0) return tiers[3].kept_s;
  if (period_s % tiers[2].resolution_s == 0) return tiers[2].kept_s;
  return tiers[1].kept_s;
}

}  // namespace tocsin::telemetry
