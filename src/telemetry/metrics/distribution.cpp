#include "telemetry/metrics/distribution.h"

#include <algorithm>
#include <cmath>

namespace tocsin::telemetry {
namespace {
constexpr double growth = (1 + Distribution::relative_error_max) / (1 - Distribution::relative_error_max);
const double log_growth = std::log(growth);
// bins are numbered from the smallest magnitude told apart, 2^-360; smaller ones count as zero
constexpr int bin_shift = 12'500;
constexpr double magnitude_min = 0x1p-360;
}  // namespace

int Distribution::bin_of(double value) {
  const double magnitude = std::fabs(value);
  if (!(magnitude >= magnitude_min)) return 0;
  const int bin = static_cast<int>(std::ceil(std::log(magnitude) / log_growth)) + bin_shift;
  return value < 0 ? -bin : bin;
}

double Distribution::value_of(int bin) {
  if (bin == 0) return 0;
  const double magnitude = 2 * std::exp(log_growth * (std::abs(bin) - bin_shift)) / (growth + 1);
  return bin < 0 ? -magnitude : magnitude;
}

void Distribution::insert(double value, double count) {
  const auto place = std::lower_bound(values_.begin(), values_.end(), value, [](const WeightedValue& a, double b) { return a.value < b; });
  if (place != values_.end() && place->value == value)
    place->count += count;
  else
    values_.insert(place, {value, count});
}

void Distribution::bin_all() {
  std::vector<WeightedValue> exact;
  exact.swap(values_);
  binned_ = true;
  for (const WeightedValue& each : exact) insert(value_of(bin_of(each.value)), each.count);
}

void Distribution::add(double value, double count) {
  insert(binned_ ? value_of(bin_of(value)) : value, count);
  if (!binned_ && values_.size() > exact_values_max) bin_all();
}

void Distribution::merge(const Distribution& other) {
  if (other.binned_ && !binned_) bin_all();
  for (const WeightedValue& each : other.values_) {
    if (other.binned_)
      insert(each.value, each.count);
    else
      add(each.value, each.count);
  }
}

double Distribution::count() const {
  double count = 0;
  for (const WeightedValue& each : values_) count += each.count;
  return count;
}

double Distribution::quantile(double fraction) const {
  const double rank = fraction * count();
  double seen = 0;
  for (const WeightedValue& each : values_) {
    seen += each.count;
    // a hair of tolerance, so that 0.9 × 10 is the ninth
    if (seen >= rank * (1 - 1e-12)) return each.value;
  }
  return values_.empty() ? 0 : values_.back().value;
}

Distribution Distribution::restore(std::vector<WeightedValue> values, bool binned) {
  Distribution distribution;
  distribution.values_ = std::move(values);
  distribution.binned_ = binned;
  return distribution;
}

}  // namespace tocsin::telemetry
