// How rare a value is in the history of its own series: a histogram of magnitudes that slowly forgets, with a tail that goes on beyond what
// was seen. Bounded: 1.3 KB. Pure.
#pragma once

#include <array>

namespace tocsin::detect {

/// Magnitudes are logarithms to the base 2; `no_magnitude` stands for zero or for a deviation to the other side, and counts as the least.
inline constexpr float no_magnitude = -99;

class TailHistogram {
 public:
  /// -log10 of the share of history that is at least as large; 0 for what is not in the upper tail. Beyond what was seen the tail falls off
  /// as its own exceedances do (the Hill estimator), never faster than `tail_index_min` allows, and no further than `beyond_seen`: what was
  /// seen a thousand times otherwise bears witness of one in a thousand, and a little more.
  float surprise(float magnitude) const;
  void observe(float magnitude);
  /// Looks at the tail anew; to be called now and then.
  void refit();
  int count() const { return count_; }

 private:
  static constexpr int bins = 320, bins_per_octave = 8;
  static constexpr float lowest = -20;

  static int bin_of(float magnitude);
  static float lower_edge(int bin) { return static_cast<float>(bin - 1) / bins_per_octave + lowest; }

  std::array<float, bins> mass_{};
  float total_ = 0, weight_ = 1;
  float tail_start_ = no_magnitude, tail_surprise_ = 0, surprise_per_octave_ = 10;
  int top_ = 0, count_ = 0;
};

}  // namespace tocsin::detect
