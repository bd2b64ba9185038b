// Arithmetic, comparison and logic over numbers, series and arrays. A point that one of two series lacks counts 0; a division by zero drops
// the point.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "telemetry/metrics/math/math_value.h"

namespace tocsin::telemetry {

Result<MathValue> apply_operator(std::string_view name, const MathValue& left, const MathValue& right);
/// Of two numbers; nullopt where there is no result.
std::optional<double> apply_to_numbers(std::string_view name, double left, double right);
/// IF(condition, then, otherwise), with the missing points of the guide's table.
Result<MathValue> choose(const MathValue& condition, const MathValue& then, const MathValue& otherwise);
/// The point at `time`.
std::optional<double> at_time(const SeriesValue& series, Instant time);

}  // namespace tocsin::telemetry
