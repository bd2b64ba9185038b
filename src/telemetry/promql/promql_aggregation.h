// sum by (job) (…) and its kin.
#pragma once

#include "telemetry/promql/promql_expression.h"

namespace tocsin::promql {

/// `parameter` and `label` are those of topk, bottomk, quantile and count_values.
Result<Vector> aggregate(const Expr& aggregation, const Vector& vector, double parameter, const std::string& label);

}  // namespace tocsin::promql
