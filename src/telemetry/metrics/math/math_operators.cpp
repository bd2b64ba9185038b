#include "telemetry/metrics/math/math_operators.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tocsin::telemetry {
namespace {

struct Operator {
  std::string_view name;
  double (*apply)(double, double);
};

constexpr std::array<Operator, 13> operators{{{"+", [](double a, double b) { return a + b; }},
                                              {"-", [](double a, double b) { return a - b; }},
                                              {"*", [](double a, double b) { return a * b; }},
                                              {"/", [](double a, double b) { return b == 0 ? std::nan("") : a / b; }},
                                              {"^", [](double a, double b) { return std::pow(a, b); }},
                                              {"<", [](double a, double b) { return a < b ? 1.0 : 0.0; }},
                                              {">", [](double a, double b) { return a > b ? 1.0 : 0.0; }},
                                              {"<=", [](double a, double b) { return a <= b ? 1.0 : 0.0; }},
                                              {">=", [](double a, double b) { return a >= b ? 1.0 : 0.0; }},
                                              {"==", [](double a, double b) { return a == b ? 1.0 : 0.0; }},
                                              {"!=", [](double a, double b) { return a != b ? 1.0 : 0.0; }},
                                              {"&&", [](double a, double b) { return a != 0 && b != 0 ? 1.0 : 0.0; }},
                                              {"||", [](double a, double b) { return a != 0 || b != 0 ? 1.0 : 0.0; }}}};

SeriesValue of_two(std::string_view name, const SeriesValue& left, const SeriesValue& right) {
  SeriesValue result = left.emptied();
  result.period_s = std::max(left.period_s, right.period_s);
  result.dropped = left.dropped || right.dropped;
  if (left.origin != right.origin) result.origin = nullptr;
  auto l = left.points.begin();
  auto r = right.points.begin();
  while (l != left.points.end() || r != right.points.end()) {
    const bool take_left = r == right.points.end() || (l != left.points.end() && l->time <= r->time);
    const bool take_right = l == left.points.end() || (r != right.points.end() && r->time <= l->time);
    const Instant time = take_left ? l->time : r->time;
    const double a = take_left ? (l++)->value : 0;
    const double b = take_right ? (r++)->value : 0;
    add_point(result, time, apply_to_numbers(name, a, b));
  }
  return result;
}

SeriesValue with_number(std::string_view name, const SeriesValue& series, double number, bool number_first) {
  SeriesValue result = series.emptied();
  for (const TimeValue& point : series.points)
    add_point(result, point.time, number_first ? apply_to_numbers(name, number, point.value) : apply_to_numbers(name, point.value, number));
  return result;
}

struct Apply {
  std::string_view name;

  Result<MathValue> operator()(double a, double b) const {
    // a comparison with what is nothing is nothing
    if (std::isnan(a) || std::isnan(b)) return std::nan("");
    return apply_to_numbers(name, a, b);
  }
  Result<MathValue> operator()(const SeriesValue& a, double b) const { return with_number(name, a, b, false); }
  Result<MathValue> operator()(double a, const SeriesValue& b) const { return with_number(name, b, a, true); }
  Result<MathValue> operator()(const SeriesValue& a, const SeriesValue& b) const { return of_two(name, a, b); }
  Result<MathValue> operator()(const SeriesArray& a, double b) const {
    return each(a, [&](const SeriesValue& s) { return with_number(name, s, b, false); });
  }
  Result<MathValue> operator()(double a, const SeriesArray& b) const {
    return each(b, [&](const SeriesValue& s) { return with_number(name, s, a, true); });
  }
  Result<MathValue> operator()(const SeriesArray& a, const SeriesValue& b) const {
    return each(a, [&](const SeriesValue& s) { return keeping_label(s, of_two(name, s, b)); });
  }
  Result<MathValue> operator()(const SeriesValue& a, const SeriesArray& b) const {
    return each(b, [&](const SeriesValue& s) { return keeping_label(s, of_two(name, a, s)); });
  }
  template <typename A, typename B>
  Result<MathValue> operator()(const A&, const B&) const {
    return fail(ErrorKind::invalid, "Unsupported operand type(s) for " + std::string(name));
  }

 private:
  template <typename Function>
  static MathValue each(const SeriesArray& array, Function function) {
    SeriesArray result;
    for (const SeriesValue& series : array) result.push_back(function(series));
    return result;
  }
  // what an array is combined with is not what its results are told apart by
  static SeriesValue keeping_label(const SeriesValue& element, SeriesValue result) {
    result.label = element.label;
    result.origin = element.origin;
    return result;
  }
};

/// What a branch of IF gives at a time. What a series lacks is 0; beside a number as the first branch, the second one's lack is a lack.
std::optional<double> branch_at(const MathValue& value, Instant time, bool lack_is_zero) {
  if (const double* number = std::get_if<double>(&value)) return *number;
  const auto point = at_time(std::get<SeriesValue>(value), time);
  if (!point && lack_is_zero) return 0;
  return point;
}

bool is_number_or_series(const MathValue& value) {
  return std::holds_alternative<double>(value) || std::holds_alternative<SeriesValue>(value);
}

auto not_for_if() { return fail(ErrorKind::invalid, "Unsupported operand type(s) for IF"); }

}  // namespace

double apply_to_numbers(std::string_view name, double left, double right) {
  for (const Operator& each : operators)
    if (each.name == name) return each.apply(left, right);
  return std::nan("");
}

std::optional<double> at_time(const SeriesValue& series, Instant time) {
  const auto found =
      std::lower_bound(series.points.begin(), series.points.end(), time, [](const TimeValue& a, Instant b) { return a.time < b; });
  if (found == series.points.end() || found->time != time) return std::nullopt;
  return found->value;
}

void add_point(SeriesValue& series, Instant time, double value) {
  if (std::isfinite(value))
    series.points.push_back({time, value});
  else
    series.dropped = true;
}

Result<MathValue> apply_operator(std::string_view name, const MathValue& left, const MathValue& right) {
  return std::visit(Apply{name}, left, right);
}

Result<MathValue> choose(const MathValue& condition, const MathValue& then, const std::optional<MathValue>& otherwise) {
  if (!is_number_or_series(then) || (otherwise && !is_number_or_series(*otherwise))) return not_for_if();
  if (const double* number = std::get_if<double>(&condition)) {
    if (*number != 0 && !std::isnan(*number)) return then;
    return otherwise.value_or(SeriesValue{});
  }
  const auto* series = std::get_if<SeriesValue>(&condition);
  if (!series) return not_for_if();
  const bool then_is_series = std::holds_alternative<SeriesValue>(then);
  SeriesValue result = series->emptied();
  for (const TimeValue& point : series->points) {
    std::optional<double> value;
    if (point.value != 0)
      value = branch_at(then, point.time, true);
    else if (otherwise)
      value = branch_at(*otherwise, point.time, then_is_series);
    if (value) add_point(result, point.time, *value);
  }
  return result;
}

}  // namespace tocsin::telemetry
