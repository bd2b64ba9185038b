#include "detect/anomalies/value_novelty.h"

#include <algorithm>
#include <cmath>

namespace tocsin::detect {
namespace {

constexpr double bins_per_spread = 8, middle_bin = 128, places_per_spread = 1.5, middle_place = 12;
constexpr float fading = 1.0005F;
// a value that never came after many points is rare, after few it is not
constexpr float unseen = 0.3F, prior = 3;

std::size_t place(double at, std::size_t places) { return static_cast<std::size_t>(std::clamp(at, 0.0, static_cast<double>(places - 1))); }

}  // namespace

std::size_t ValueRanks::bin_of(double z) { return place(z * bins_per_spread + middle_bin, blocks * bins_of_block); }

float ValueRanks::rank(std::size_t bin) const {
  if (total_ <= 0) return 0.5F;
  float below = 0;
  const std::size_t block = bin / bins_of_block;
  for (std::size_t i = 0; i < block; ++i) below += block_mass_[i];
  for (std::size_t i = block * bins_of_block; i < bin; ++i) below += mass_[i];
  return (below + 0.5F * mass_[bin]) / total_;
}

void ValueRanks::observe(std::size_t bin) {
  weight_ *= fading;
  mass_[bin] += weight_;
  block_mass_[bin / bins_of_block] += weight_;
  total_ += weight_;
  if (weight_ < 1e15F) return;
  for (float& mass : mass_) mass /= weight_;
  for (float& mass : block_mass_) mass /= weight_;
  total_ /= weight_;
  weight_ = 1;
}

float ValueNovelty::next(double z, double recent) {
  const std::size_t bin = ValueRanks::bin_of(z);
  const std::size_t value_place = place(static_cast<double>(ranks_.rank(bin)) * (places - 0.01), places);
  const std::size_t where = place(recent * places_per_spread + middle_place, places);
  auto& counts = counts_[where];
  float near = counts[value_place];
  if (value_place > 0) near += counts[value_place - 1];
  if (value_place + 1 < places) near += counts[value_place + 1];
  const float novelty = totals_[where] >= 1 ? -std::log10((near + unseen) / (totals_[where] + prior)) : 0;
  // a float counts to 16 million; halved before, all stay true
  if (totals_[where] >= 1e6F) {
    for (float& count : counts) count /= 2;
    totals_[where] /= 2;
  }
  ++counts[value_place];
  ++totals_[where];
  ranks_.observe(bin);
  return novelty;
}

}  // namespace tocsin::detect
