// The functions of PromQL: which there are, what they take. https://prometheus.io/docs/prometheus/latest/querying/functions/
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "telemetry/promql/promql_expression.h"

namespace tocsin::promql {

struct FunctionSignature {
  std::vector<ValueType> arguments;
  /// How many of the arguments may be left out; -1: the last may be repeated, and left out.
  int optional = 0;
  ValueType result = ValueType::vector;
};

/// nullptr: there is no such function.
const FunctionSignature* find_function(std::string_view name);

/// Functions of one sample, of a range, of two and three numbers: applied to each element. nullopt: the element is dropped.
using OfNumber = double (*)(double);
OfNumber find_number_function(std::string_view name);

struct RangeArguments {
  const std::vector<Sample>& samples;  ///< not empty
  std::int64_t range_start_ms, range_end_ms;
  double range_s;
  std::int64_t now_ms;
  double first = 0, second = 0;  ///< scalar arguments
};
using OfRange = std::optional<double> (*)(const RangeArguments&);
OfRange find_range_function(std::string_view name);

/// Of times: day_of_week() and its kin.
using OfTime = double (*)(double seconds);
OfTime find_time_function(std::string_view name);

/// Of numbers in any order; NaN of none.
double quantile_of(double q, std::vector<double> values);

struct Bucket {
  double upper_bound;
  double count;
};
double bucket_quantile(double q, std::vector<Bucket> buckets);

}  // namespace tocsin::promql
