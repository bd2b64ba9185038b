#include "telemetry/metrics/math/math_operators.h"

#include <algorithm>
#include <cmath>

namespace tocsin::telemetry {

std::optional<double> apply_to_numbers(std::string_view name, double left, double right) {
  double value = 0;
  if (name == "+")
    value = left + right;
  else if (name == "-")
    value = left - right;
  else if (name == "*")
    value = left * right;
  else if (name == "/")
    value = right == 0 ? NAN : left / right;
  else if (name == "^")
    value = std::pow(left, right);
  else if (name == "<")
    value = left < right;
  else if (name == ">")
    value = left > right;
  else if (name == "<=")
    value = left <= right;
  else if (name == ">=")
    value = left >= right;
  else if (name == "==")
    value = left == right;
  else if (name == "!=")
    value = left != right;
  else if (name == "&&")
    value = left != 0 && right != 0;
  else if (name == "||")
    value = left != 0 || right != 0;
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<double> at_time(const SeriesValue& series, Instant time) {
  const auto found =
      std::lower_bound(series.points.begin(), series.points.end(), time, [](const TimeValue& a, Instant b) { return a.time < b; });
  if (found == series.points.end() || found->time != time) return std::nullopt;
  return found->value;
}

namespace {

void add_point(SeriesValue& series, Instant time, std::optional<double> value) {
  if (value) series.points.push_back({time, *value});
}

SeriesValue of_two(std::string_view name, const SeriesValue& left, const SeriesValue& right) {
  SeriesValue result{.label = left.label, .period_s = std::max(left.period_s, right.period_s), .points = {}};
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
  SeriesValue result{.label = series.label, .period_s = series.period_s, .points = {}};
  for (const TimeValue& point : series.points)
    add_point(result, point.time, number_first ? apply_to_numbers(name, number, point.value) : apply_to_numbers(name, point.value, number));
  return result;
}

struct Apply {
  std::string_view name;

  Result<MathValue> operator()(double a, double b) const {
    const auto value = apply_to_numbers(name, a, b);
    if (!value) return fail(ErrorKind::invalid, "Division by zero");
    return *value;
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
    return each(a, [&](const SeriesValue& s) { return of_two(name, s, b); });
  }
  Result<MathValue> operator()(const SeriesValue& a, const SeriesArray& b) const {
    return each(b, [&](const SeriesValue& s) { return of_two(name, a, s); });
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
};

/// One branch of IF at a time: its value, and whether it is a series that lacks the point.
struct Branch {
  std::optional<double> value;
  bool lacks = false;
};

Branch branch_at(const MathValue& value, Instant time) {
  if (const double* number = std::get_if<double>(&value)) return {*number, false};
  const auto point = at_time(std::get<SeriesValue>(value), time);
  return {point, !point};
}

bool is_number_or_series(const MathValue& value) {
  return std::holds_alternative<double>(value) || std::holds_alternative<SeriesValue>(value);
}

}  // namespace

Result<MathValue> apply_operator(std::string_view name, const MathValue& left, const MathValue& right) {
  return std::visit(Apply{name}, left, right);
}

Result<MathValue> choose(const MathValue& condition, const MathValue& then, const MathValue& otherwise) {
  if (const double* number = std::get_if<double>(&condition)) return *number != 0 ? then : otherwise;
  const auto* series = std::get_if<SeriesValue>(&condition);
  if (!series || !is_number_or_series(then) || !is_number_or_series(otherwise))
    return fail(ErrorKind::invalid, "Unsupported operand type(s) for IF");
  SeriesValue result{.label = series->label, .period_s = series->period_s, .points = {}};
  const bool then_is_number = std::holds_alternative<double>(then);
  for (const TimeValue& point : series->points) {
    const Branch a = branch_at(then, point.time), b = branch_at(otherwise, point.time);
    std::optional<double> value = point.value != 0 ? a.value : b.value;
    // the guide's table: what the chosen series lacks is 0 where the other branch has a point, but a number as the first branch does not
    // count as one
    const bool other_has = point.value != 0 ? !b.lacks : !then_is_number && !a.lacks;
    if (!value && other_has) value = 0;
    add_point(result, point.time, value);
  }
  return result;
}

}  // namespace tocsin::telemetry
