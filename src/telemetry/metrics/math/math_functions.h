// The functions of metric math that are offered, by name. One table; a function is a value of arguments, span and nothing else.
#pragma once

#include <string_view>

#include "base/result.h"
#include "telemetry/metrics/math/math_value.h"

namespace tocsin::telemetry {

/// `unsupported` for an unknown name, `invalid` for arguments that it does not take.
Result<MathValue> apply_function(std::string_view name, const std::vector<MathValue>& arguments, const MathSpan& span);
bool is_math_function(std::string_view name);

}  // namespace tocsin::telemetry
