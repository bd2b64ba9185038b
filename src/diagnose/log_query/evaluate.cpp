#include "diagnose/log_query/evaluate.h"

#include <algorithm>
#include <cmath>

namespace tocsin::diagnose {

namespace {

bool compares(Operation operation, int order) {
  switch (operation) {
    case Operation::equal:
      return order == 0;
    case Operation::not_equal:
      return order != 0;
    case Operation::less:
      return order < 0;
    case Operation::less_equal:
      return order <= 0;
    case Operation::greater:
      return order > 0;
    default:
      return order >= 0;
  }
}

bool same(const Value& a, const Value& b) {
  const auto number_a = number_of(a), number_b = number_of(b);
  return number_a && number_b ? *number_a == *number_b : text_of(a) == text_of(b);
}

Value compared(Operation operation, const Value& a, const Value& b) {
  if (is_null(a) || is_null(b)) return truth_value(false);
  if (operation == Operation::equal) return truth_value(same(a, b));
  if (operation == Operation::not_equal) return truth_value(!same(a, b));
  const auto number_a = number_of(a), number_b = number_of(b);
  if (number_a && number_b) return truth_value(compares(operation, *number_a < *number_b ? -1 : *number_a > *number_b));
  if (number_a || number_b) return truth_value(false);
  return truth_value(compares(operation, text_of(a).compare(text_of(b))));
}

Value calculated(Operation operation, double a, double b) {
  double result = 0;
  switch (operation) {
    case Operation::add:
      result = a + b;
      break;
    case Operation::subtract:
      result = a - b;
      break;
    case Operation::multiply:
      result = a * b;
      break;
    case Operation::divide:
      result = a / b;
      break;
    case Operation::remainder:
      result = std::fmod(a, b);
      break;
    default:
      result = std::pow(a, b);
  }
  if (!std::isfinite(result)) return {};
  return result;
}

Value operated(const Expression& expression, const Record& record, const Surroundings& around) {
  const Value left = evaluate(expression.parts[0], record, around);
  if (expression.operation == Operation::logical_and)
    return truth_value(is_true(left) && is_true(evaluate(expression.parts[1], record, around)));
  if (expression.operation == Operation::logical_or)
    return truth_value(is_true(left) || is_true(evaluate(expression.parts[1], record, around)));
  const Value right = evaluate(expression.parts[1], record, around);
  if (expression.operation >= Operation::equal) return compared(expression.operation, left, right);
  const auto a = number_of(left), b = number_of(right);
  return a && b ? calculated(expression.operation, *a, *b) : Value();
}

Value tested(const Expression& expression, const Value& value) {
  if (is_null(value)) return truth_value(false);
  if (expression.kind == Expression::Kind::contains)
    return truth_value(text_of(value).find(text_of(expression.constant)) != std::string::npos);
  if (expression.kind == Expression::Kind::matches) return truth_value(re2::RE2::PartialMatch(text_of(value), *expression.regex));
  return truth_value(std::any_of(expression.list.begin(), expression.list.end(), [&](const Value& each) { return same(each, value); }));
}

}  // namespace

Value evaluate(const Expression& expression, const Record& record, const Surroundings& around) {
  switch (expression.kind) {
    case Expression::Kind::constant:
      return expression.constant;
    case Expression::Kind::field:
      return record.field(around.store, expression.field);
    case Expression::Kind::call:
      return call_function(expression, record, around);
    case Expression::Kind::operation:
      return operated(expression, record, around);
    case Expression::Kind::negative: {
      const auto number = number_of(evaluate(expression.parts[0], record, around));
      return number ? Value(-*number) : Value();
    }
    case Expression::Kind::logical_not:
      return truth_value(!is_true(evaluate(expression.parts[0], record, around)));
    default:
      return tested(expression, evaluate(expression.parts[0], record, around));
  }
}

}  // namespace tocsin::diagnose
