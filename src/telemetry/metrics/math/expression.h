// The grammar of metric math: numbers, strings, ids, arrays [a, b], calls, + - * / ^, comparisons, AND (&&), OR (||).
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tocsin::telemetry {

enum class ExpressionKind { number, text, name, array, call, negate, binary };

struct Expression {
  ExpressionKind kind = ExpressionKind::number;
  double number = 0;
  std::string text;  ///< of a text, a name, a call's function, a binary's operator
  std::vector<Expression> parts;
};

/// `invalid` when it is no expression: "Invalid syntax at position N".
Result<Expression> parse_expression(std::string_view text);

/// Whether the function is called anywhere in the expression; false when it is none.
bool calls_function(std::string_view expression, std::string_view function);

}  // namespace tocsin::telemetry
