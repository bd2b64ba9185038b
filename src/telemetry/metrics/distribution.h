// The values of one period, mergeable: exact up to 16 distinct values, beyond that a histogram whose bins grow by a constant factor, so
// that any value read from it is within 1 % of the true one. The same values give the same distribution in whatever order they came or were
// merged. (DDSketch, VLDB 2019, with the mapping by logarithm. Negative values are kept in the exact form, and mirrored in the other.)
#pragma once

#include <vector>

#include "telemetry/metrics/metric.h"

namespace tocsin::telemetry {

class Distribution {
 public:
  static constexpr std::size_t exact_values_max = 16;
  static constexpr double relative_error_max = 0.01;

  void add(double value, double count);
  void merge(const Distribution& other);

  bool empty() const { return values_.empty(); }
  bool exact() const { return !binned_; }
  double count() const;
  /// The least value that at least `fraction` (0 to 1) of the samples do not exceed (nearest rank; how the service interpolates is not
  /// documented).
  double quantile(double fraction) const;
  /// Ascending by value.
  const std::vector<WeightedValue>& values() const { return values_; }

  /// The bin of a value (0 for zero, negative for negative values), and the value that stands for a bin.
  static int bin_of(double value);
  static double value_of(int bin);
  /// From what chunks store: ascending values; of a binned one the values are those of `value_of`.
  static Distribution restore(std::vector<WeightedValue> values, bool binned);

  bool operator==(const Distribution&) const = default;

 private:
  void insert(double value, double count);
  void bin_all();

  std::vector<WeightedValue> values_;
  bool binned_ = false;
};

}  // namespace tocsin::telemetry
