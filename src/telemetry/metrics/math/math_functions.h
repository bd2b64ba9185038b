// The functions of metric math that need nothing but their arguments, by name. A function is a value of arguments, span and nothing else;
// what asks the metrics or others (METRICS, SEARCH, ANOMALY_DETECTION_BAND) is metric_query's.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
#pragma once

#include <functional>
#include <map>
#include <string_view>

#include "base/result.h"
#include "telemetry/metrics/math/math_value.h"

namespace tocsin::telemetry {

using MathArguments = std::vector<MathValue>;
using MathFunction = std::function<Result<MathValue>(const MathArguments&, const MathSpan&)>;
using MathFunctions = std::map<std::string_view, MathFunction>;

/// `invalid` for an unknown name and for arguments that it does not take.
Result<MathValue> apply_function(std::string_view name, const MathArguments& arguments, const MathSpan& span);
bool is_math_function(std::string_view name);
/// Words that some functions take bare: FILL's REPEAT and LINEAR, SORT's AVG … DESC.
bool is_math_word(std::string_view function, std::string_view word);

/// "Unsupported operand type(s)"; the name of the function is added by who calls it.
std::unexpected<Error> wrong_arguments();
/// Applies `function` to the one series, or to each of an array.
Result<MathValue> each_series(const MathArguments& arguments, const std::function<SeriesValue(const SeriesValue&)>& function);
const SeriesValue* series_of(const MathArguments& arguments, std::size_t place);
const double* number_of(const MathArguments& arguments, std::size_t place);
const SeriesArray* array_of(const MathArguments& arguments, std::size_t place);

// the families, for the one table
MathFunctions point_functions();     ///< ABS CEIL FLOOR LOG LOG10 RATE DIFF DIFF_TIME RUNNING_SUM
MathFunctions array_functions();     ///< SORT SLICE FIRST LAST REMOVE_EMPTY METRIC_COUNT DATAPOINT_COUNT
MathFunctions span_functions();      ///< FILL TIME_SERIES PERIOD
MathFunctions calendar_functions();  ///< MINUTE HOUR DAY DATE MONTH YEAR EPOCH

}  // namespace tocsin::telemetry
