#include "telemetry/metrics/aggregate.h"

#include <algorithm>

namespace tocsin::telemetry {

Distribution Aggregate::known_values() const {
  if (!uniform()) return distribution;
  return Distribution::restore({{minimum, count}}, false);
}

void Aggregate::spell_out() {
  if (uniform()) distribution.add(minimum, count);
}

void Aggregate::cover(double low, double high, double times, double total) {
  count += times;
  sum += total;
  minimum = std::min(minimum, low);
  maximum = std::max(maximum, high);
}

void Aggregate::add_value(double value, double times) {
  const bool stays_uniform = count == 0 || (uniform() && value == minimum);
  if (!stays_uniform) {
    spell_out();
    distribution.add(value, times);
  }
  cover(value, value, times, value * times);
}

void Aggregate::add_set(const StatisticSet& set) {
  // a set of one sample, or of equal ones, tells its values; others count towards the first five statistics alone
  if (set.sample_count == 1 || set.minimum == set.maximum) {
    const double value = set.sample_count == 1 ? set.sum : set.minimum;
    return add_value(value, set.sample_count);
  }
  spell_out();
  cover(set.minimum, set.maximum, set.sample_count, set.sum);
}

void Aggregate::add(const Sample& sample) {
  if (const double* value = std::get_if<double>(&sample)) return add_value(*value, 1);
  if (const auto* set = std::get_if<StatisticSet>(&sample)) return add_set(*set);
  for (const WeightedValue& each : std::get<std::vector<WeightedValue>>(sample)) add_value(each.value, each.count);
}

void Aggregate::merge(const Aggregate& other) {
  if (other.count == 0) return;
  const bool stays_uniform = other.uniform() && (count == 0 || (uniform() && minimum == other.minimum));
  if (!stays_uniform) {
    spell_out();
    distribution.merge(other.known_values());
  }
  cover(other.minimum, other.maximum, other.count, other.sum);
}

}  // namespace tocsin::telemetry
