#include "detect/anomalies/tail_histogram.h"

#include <algorithm>
#include <cmath>

#include "detect/anomalies/tuning.h"

namespace tocsin::detect {

int TailHistogram::bin_of(float magnitude) {
  const int bin = static_cast<int>((magnitude - lowest) * bins_per_octave) + 1;
  return magnitude <= lowest ? 0 : std::min(bin, bins - 1);
}

float TailHistogram::surprise(float magnitude) const {
  if (magnitude <= tail_start_) return 0;
  const float surprise = tail_surprise_ + (magnitude - tail_start_) * surprise_per_octave_;
  return std::min(surprise, std::log10(total_ + 1) + tuning.beyond_seen);
}

void TailHistogram::observe(float magnitude) {
  weight_ /= tuning.history_decay;
  const int bin = bin_of(magnitude);
  mass_[static_cast<std::size_t>(bin)] += weight_;
  top_ = std::max(top_, bin);
  total_ = total_ * tuning.history_decay + 1;
  ++count_;
  if (weight_ < 1e20F) return;
  for (float& mass : mass_) mass /= weight_;
  weight_ = 1;
}

void TailHistogram::refit() {
  const float whole = total_ * weight_;
  float above = 0;
  int bin = top_;
  for (; bin > 0; --bin) {
    const float mass = mass_[static_cast<std::size_t>(bin)];
    if (above + mass > tuning.tail_share * whole) break;
    above += mass;
  }
  tail_start_ = lower_edge(bin + 1);
  float index = tuning.tail_index_min;
  if (above <= 0.02F * whole / (total_ + 1)) {
    tail_surprise_ = std::log10(total_ + 1);
  } else {
    float octaves = 0;
    for (int k = bin + 1; k <= top_; ++k)
      octaves += mass_[static_cast<std::size_t>(k)] * (static_cast<float>(k - bin) - 0.5F) / bins_per_octave;
    index = std::max(index, octaves / above * 0.693147F);
    tail_surprise_ = -std::log10(above / whole);
  }
  surprise_per_octave_ = 0.30103F / index;
}

}  // namespace tocsin::detect
