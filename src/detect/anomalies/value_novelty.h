// How new a value is for where the series just was: the ranks of values, counted by the level of the last points. 3.4 KB. Pure.
#pragma once

#include <array>
#include <cstddef>

namespace tocsin::detect {

/// Where a value stands among those that came, which slowly fade.
class ValueRanks {
 public:
  /// From 0 (below all) to 1; one half when nothing has come.
  float rank(std::size_t bin) const;
  void observe(std::size_t bin);

  static std::size_t bin_of(double z);

 private:
  static constexpr std::size_t blocks = 16, bins_of_block = 16;

  std::array<float, blocks * bins_of_block> mass_{};
  std::array<float, blocks> block_mass_{};
  float total_ = 0, weight_ = 1;
};

class ValueNovelty {
 public:
  /// How rarely a value of such a rank has come after points at `recent`, as -log10 of its share; 0 when none ever came there. Takes it in.
  /// Both in the units of PointFeatures::value.
  float next(double z, double recent);

 private:
  static constexpr std::size_t places = 24;

  ValueRanks ranks_;
  std::array<std::array<float, places>, places> counts_{};
  std::array<float, places> totals_{};
};

}  // namespace tocsin::detect
