// Evaluates PromQL at a moment, giving the numbers of Prometheus 2.42. Pure but for the source.
#pragma once

#include "telemetry/promql/promql_expression.h"

namespace tocsin::promql {

struct EvaluateOptions {
  std::int64_t lookback_ms = 300'000;      ///< how old the sample of an instant selector may be
  std::int64_t subquery_step_ms = 60'000;  ///< of subqueries that name none
  std::size_t samples_max = 50'000'000;    ///< that are looked at in all; beyond it the query fails
};

struct PromQlResult {
  ValueType type = ValueType::vector;
  Vector vector;
  double scalar = 0;
  std::string text;
  std::vector<Series> matrix;
};

/// `invalid` with the words of the language (many-to-many matching, …), `limit_exceeded` for one that costs too much, or the source's
/// error.
Result<PromQlResult> evaluate_promql(const Expr& expr, SeriesSource& source, std::int64_t at_ms, const EvaluateOptions& options = {});

}  // namespace tocsin::promql
