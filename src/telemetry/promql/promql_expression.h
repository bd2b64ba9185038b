// The grammar of PromQL as of Prometheus 2.42, and the quoted names in braces of later ones; without native histograms.
// https://prometheus.io/docs/prometheus/latest/querying/basics/
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "telemetry/promql/promql_value.h"

namespace tocsin::promql {

enum class ExprKind { number, text, selector, subquery, call, aggregation, unary_minus, binary };
enum class ValueType { scalar, text, vector, matrix };

/// What shifts the time at which a selector or subquery is looked at.
struct TimeShift {
  std::int64_t offset_ms = 0;
  std::optional<std::int64_t> at_ms;  ///< @ 1609746000
  bool at_evaluation = false;         ///< @ start() and @ end(): of an instant query both are its moment
};

struct VectorMatching {
  bool on = false;
  std::vector<std::string> labels;
  enum class Card { one_to_one, many_to_one, one_to_many, many_to_many } card = Card::one_to_one;
  std::vector<std::string> include;
};

struct Expr {
  ExprKind kind = ExprKind::number;
  double number = 0;
  std::string text;               ///< of a text; a function's, an aggregation's, an operator's name
  std::vector<Matcher> matchers;  ///< of a selector
  std::int64_t range_ms = 0;      ///< of a range selector or subquery; 0: an instant selector
  std::int64_t step_ms = 0;       ///< of a subquery; 0: the default
  TimeShift shift;
  bool without = false;  ///< of an aggregation
  bool grouped = false;
  std::vector<std::string> labels;
  bool return_bool = false;
  VectorMatching matching;
  std::vector<Expr> parts;  ///< arguments, operands; of an aggregation [parameter,] vector; of a subquery its expression
  ValueType type = ValueType::scalar;
};

/// `invalid` with the place: "1:7: parse error: unexpected …". Checked: functions, their arguments and types.
Result<Expr> parse_promql(std::string_view text);
/// 5m, 1h30m, 250ms; nullopt when it is none.
std::optional<std::int64_t> parse_promql_duration(std::string_view text);
/// The names in it of metrics, as far as they are fixed.
std::vector<std::string> metrics_of(const Expr& expr);

}  // namespace tocsin::promql
