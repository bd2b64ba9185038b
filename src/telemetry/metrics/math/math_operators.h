// Arithmetic, comparison and logic over numbers, series and arrays. A point that one of two series lacks counts 0; a point without a finite
// result (a division by zero) is dropped, and the series says so. IF as the guide's tables have it.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "telemetry/metrics/math/math_value.h"

namespace tocsin::telemetry {

Result<MathValue> apply_operator(std::string_view name, const MathValue& left, const MathValue& right);
/// Of two numbers; NaN or infinite where there is no result.
double apply_to_numbers(std::string_view name, double left, double right);
/// IF(condition, then[, otherwise]).
Result<MathValue> choose(const MathValue& condition, const MathValue& then, const std::optional<MathValue>& otherwise);
/// The point at `time`.
std::optional<double> at_time(const SeriesValue& series, Instant time);
/// Adds the point, or notes that it was dropped.
void add_point(SeriesValue& series, Instant time, double value);

}  // namespace tocsin::telemetry
