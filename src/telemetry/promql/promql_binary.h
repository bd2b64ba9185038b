// Operators between scalars and vectors, with their matching.
#pragma once

#include "telemetry/promql/promql_expression.h"

namespace tocsin::promql {

double apply_scalars(const Expr& binary, double left, double right);
/// `vector_left`: which operand the vector is.
Vector apply_scalar(const Expr& binary, const Vector& vector, double scalar, bool vector_left);
/// `invalid` when several elements match where one may.
Result<Vector> apply_vectors(const Expr& binary, const Vector& left, const Vector& right);

}  // namespace tocsin::promql
