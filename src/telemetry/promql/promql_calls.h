// Calls of functions that do not look over a range.
#pragma once

#include <vector>

#include "telemetry/promql/promql_evaluator.h"

namespace tocsin::promql {

/// The arguments are of the types that the parser checked.
Result<PromQlResult> call_function(const Expr& call, std::vector<PromQlResult> arguments, std::int64_t ts_ms);

}  // namespace tocsin::promql
