// What is known of one period of a series: count, sum, least, greatest and, as far as single values came in, their distribution. Mergeable.
#pragma once

#include <limits>

#include "telemetry/metrics/distribution.h"

namespace tocsin::telemetry {

struct Aggregate {
  double count = 0;
  double sum = 0;
  double minimum = std::numeric_limits<double>::infinity();
  double maximum = -std::numeric_limits<double>::infinity();
  /// Empty while all values are equal (then it is `minimum` × `count`), and when only aggregates came in.
  Distribution distribution;

  void add(const Sample& sample);
  void merge(const Aggregate& other);

  bool uniform() const { return count > 0 && minimum == maximum && distribution.empty(); }
  /// The distribution, also of a uniform period.
  Distribution known_values() const;

  bool operator==(const Aggregate&) const = default;

 private:
  void add_value(double value, double times);
  void add_set(const StatisticSet& set);
  void spell_out();
  void cover(double low, double high, double times, double total);
};

struct PeriodAggregate {
  Instant start;
  Aggregate aggregate;
};

}  // namespace tocsin::telemetry
