// MIN MAX AVG SUM STDDEV: a number of one series, a series of an array. Of an array, AVG counts a missing point as 0, as the guide says;
// the others look at the points that are there.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
#pragma once

#include "base/result.h"
#include "telemetry/metrics/math/math_value.h"

namespace tocsin::telemetry {

enum class Reduction { sum, average, minimum, maximum, deviation };

Result<MathValue> reduce(Reduction reduction, const MathValue& value);
/// Of one series. Of no points: 0 for a sum, NaN for all others.
double reduce_points(Reduction reduction, const SeriesValue& series);

}  // namespace tocsin::telemetry
