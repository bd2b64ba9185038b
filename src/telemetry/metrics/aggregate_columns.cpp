#include "telemetry/metrics/aggregate_columns.h"

#include <algorithm>
#include <bit>

namespace tocsin::telemetry {
namespace {

enum Shape : std::int64_t { uniform = 0, values_unknown = 1, values_exact = 2, values_binned = 3 };
// values of all periods of a run: what a damaged size must not make us reserve
constexpr std::int64_t values_max = 1 << 22;
constexpr std::int64_t bin_most = 25'100;

std::int64_t shape_of(const Aggregate& aggregate) {
  if (aggregate.uniform()) return uniform;
  if (aggregate.distribution.empty()) return values_unknown;
  return aggregate.distribution.exact() ? values_exact : values_binned;
}

bool has_values(std::int64_t shape) { return shape >= values_exact; }

/// By how many steps of a double the value is beyond another; and the value back from it.
std::int64_t steps_beyond(double value, double other) {
  return static_cast<std::int64_t>(std::bit_cast<std::uint64_t>(value) - std::bit_cast<std::uint64_t>(other));
}
double beyond(double other, std::int64_t steps) {
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(other) + static_cast<std::uint64_t>(steps));
}

/// What the sum is, but for the rounding of another order of adding.
double expected_sum(const Aggregate& aggregate, std::int64_t shape) {
  if (shape == uniform) return aggregate.minimum * aggregate.count;
  double sum = 0;
  for (const WeightedValue& each : aggregate.distribution.values()) sum += each.value * each.count;
  return sum;
}

struct Columns {
  Integers shapes, sizes, bins;
  Reals values, value_counts;  // of distributions
  Reals counts, minima, maxima, sums;
  Integers least_steps, greatest_steps, sum_steps;
};

void add_distribution(Columns& columns, const Distribution& distribution) {
  columns.sizes.push_back(static_cast<std::int64_t>(distribution.values().size()));
  for (const WeightedValue& each : distribution.values()) {
    if (distribution.exact())
      columns.values.push_back(each.value);
    else
      columns.bins.push_back(Distribution::bin_of(each.value));  // value_of is in the middle of its bin, so bin_of finds it again
    columns.value_counts.push_back(each.count);
  }
}

void add_aggregate(Columns& columns, const Aggregate& each) {
  const std::int64_t shape = shape_of(each);
  columns.shapes.push_back(shape);
  columns.counts.push_back(each.count);
  if (has_values(shape)) add_distribution(columns, each.distribution);
  if (shape == values_exact) {
    columns.least_steps.push_back(steps_beyond(each.minimum, each.distribution.values().front().value));
    columns.greatest_steps.push_back(steps_beyond(each.maximum, each.distribution.values().back().value));
  } else {
    columns.minima.push_back(each.minimum);
    if (shape != uniform) columns.maxima.push_back(each.maximum);
  }
  if (shape == uniform || shape == values_exact)
    columns.sum_steps.push_back(steps_beyond(each.sum, expected_sum(each, shape)));
  else
    columns.sums.push_back(each.sum);
}

/// Takes the columns' numbers one after another, as add_aggregate put them.
class Assembler {
 public:
  explicit Assembler(const Columns& columns) : columns_(columns) {}

  Aggregate next(std::size_t place) {
    const std::int64_t shape = columns_.shapes[place];
    Aggregate aggregate;
    aggregate.count = columns_.counts[place];
    if (has_values(shape)) aggregate.distribution = distribution(shape == values_binned);
    if (shape == values_exact && !aggregate.distribution.empty()) {
      aggregate.minimum = beyond(aggregate.distribution.values().front().value, columns_.least_steps[exact_]);
      aggregate.maximum = beyond(aggregate.distribution.values().back().value, columns_.greatest_steps[exact_++]);
    } else {
      aggregate.minimum = columns_.minima[minimum_++];
      aggregate.maximum = shape == uniform ? aggregate.minimum : columns_.maxima[maximum_++];
    }
    const bool follows = shape == uniform || shape == values_exact;
    aggregate.sum = follows ? beyond(expected_sum(aggregate, shape), columns_.sum_steps[step_++]) : columns_.sums[sum_++];
    return aggregate;
  }

 private:
  Distribution distribution(bool binned) {
    std::vector<WeightedValue> values(static_cast<std::size_t>(columns_.sizes[size_++]));
    for (WeightedValue& each : values) {
      each.value = binned ? Distribution::value_of(static_cast<int>(std::clamp(columns_.bins[bin_++], -bin_most, bin_most)))
                          : columns_.values[value_++];
      each.count = columns_.value_counts[weight_++];
    }
    return Distribution::restore(std::move(values), binned);
  }

  const Columns& columns_;
  std::size_t size_ = 0, bin_ = 0, value_ = 0, weight_ = 0, exact_ = 0, minimum_ = 0, maximum_ = 0, step_ = 0, sum_ = 0;
};

struct Sizes {
  std::size_t uniforms = 0, unknown = 0, exact = 0, binned = 0, values = 0, bins = 0;
};

/// How long each column is; false when shapes or sizes cannot be.
bool measure(const Columns& columns, Sizes& sizes) {
  std::size_t next = 0;
  for (const std::int64_t shape : columns.shapes) {
    if (shape < uniform || shape > values_binned) return false;
    sizes.uniforms += shape == uniform;
    sizes.unknown += shape == values_unknown;
    if (!has_values(shape)) continue;
    const std::int64_t size = columns.sizes[next++];
    if (size < 1 || size > values_max) return false;
    (shape == values_exact ? sizes.exact : sizes.binned) += 1;
    (shape == values_exact ? sizes.values : sizes.bins) += static_cast<std::size_t>(size);
  }
  return sizes.values + sizes.bins <= static_cast<std::size_t>(values_max);
}

}  // namespace

void write_aggregates(std::string& out, const std::vector<Aggregate>& aggregates) {
  Columns columns;
  for (const Aggregate& each : aggregates) add_aggregate(columns, each);
  write_integers(out, columns.shapes);
  write_integers(out, columns.sizes);
  write_reals(out, columns.counts);
  write_reals(out, columns.minima);
  write_reals(out, columns.maxima);
  write_reals(out, columns.sums);
  write_integers(out, columns.least_steps);
  write_integers(out, columns.greatest_steps);
  write_integers(out, columns.sum_steps);
  write_reals(out, columns.values);
  write_integers(out, columns.bins);
  write_reals(out, columns.value_counts);
}

bool read_aggregates(ByteReader& in, std::size_t count, std::vector<Aggregate>& aggregates, Integers& scratch) {
  Columns columns;
  if (!read_integers(in, count, columns.shapes)) return false;
  const auto with_values = static_cast<std::size_t>(std::count_if(columns.shapes.begin(), columns.shapes.end(), has_values));
  Sizes sizes;
  if (!read_integers(in, with_values, columns.sizes) || !measure(columns, sizes)) return false;
  // a value takes a byte at least in the worst of columns, or a run of equal ones two bytes
  if ((sizes.values + sizes.bins) / 64 > in.left()) return false;
  const std::size_t spanned = sizes.unknown + sizes.binned, following = sizes.uniforms + sizes.exact;
  const bool whole = read_reals(in, count, columns.counts, scratch) && read_reals(in, sizes.uniforms + spanned, columns.minima, scratch) &&
                     read_reals(in, spanned, columns.maxima, scratch) && read_reals(in, spanned, columns.sums, scratch) &&
                     read_integers(in, sizes.exact, columns.least_steps) && read_integers(in, sizes.exact, columns.greatest_steps) &&
                     read_integers(in, following, columns.sum_steps) && read_reals(in, sizes.values, columns.values, scratch) &&
                     read_integers(in, sizes.bins, columns.bins) &&
                     read_reals(in, sizes.values + sizes.bins, columns.value_counts, scratch);
  if (!whole) return false;
  Assembler assembler(columns);
  aggregates.reserve(count);
  for (std::size_t i = 0; i < count; ++i) aggregates.push_back(assembler.next(i));
  return true;
}

}  // namespace tocsin::telemetry
