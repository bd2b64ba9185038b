// MIN MAX AVG SUM STDDEV: a number of one series, a series of an array (over the series that have the point). FIRST and LAST: of a series
// its value, of an array its element.
#pragma once

#include "base/result.h"
#include "telemetry/metrics/math/math_value.h"

namespace tocsin::telemetry {

enum class Reduction { sum, average, minimum, maximum, deviation, first, last };

Result<MathValue> reduce(Reduction reduction, const MathValue& value);

}  // namespace tocsin::telemetry
