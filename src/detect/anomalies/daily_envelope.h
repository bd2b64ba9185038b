// What was seen at each time of day on the days before: the least and the greatest in every five minutes. Ten days, 11.5 KB. Pure.
#pragma once

#include <array>
#include <cstdint>

namespace tocsin::detect {

class DailyEnvelope {
 public:
  static constexpr int slots = 288, slot_s = 300, day_s = 86400;

  struct Range {
    float least = 1e30F, greatest = -1e30F;
    int days = 0;  ///< how many of the days before have something near this time

    /// How far `value` lies outside: above is positive.
    float excess(float value) const;
  };

  /// What was seen within `tolerance` slots of that time of day, on the days before it, `days_back` at most.
  Range range(std::int64_t at_s, int tolerance) const;
  /// The share of the days before, near this time, that came up to `level`: from below when `upward`.
  float share_reaching(std::int64_t at_s, int tolerance, float level, bool upward) const;
  /// Times do not go back.
  void observe(std::int64_t at_s, float value);

 private:
  static constexpr int rows = 10;
  static constexpr std::int16_t least_empty = INT16_MAX, greatest_empty = INT16_MIN;
  struct Cell {
    std::int16_t least = least_empty, greatest = greatest_empty;
  };
  struct Near {
    std::array<std::int16_t, rows> least, greatest;
  };
  Near near(std::int64_t at_s, int tolerance) const;
  const Cell* row_of(std::int64_t day) const;

  std::array<std::array<Cell, slots>, rows> cells_{};
  std::int64_t first_day_ = 0, last_day_ = -1;
};

}  // namespace tocsin::detect
