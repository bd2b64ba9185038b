#include "diagnose/log_query/evaluate.h"

#include <algorithm>
#include <cmath>

#include "diagnose/log_query/function_names.h"

namespace tocsin::diagnose {
namespace {

bool compares(Operation operation, int order) {
  switch (operation) {
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

bool compared(Operation operation, const Value& a, const Value& b) {
  if (is_null(a) || is_null(b) || is_structure(a) || is_structure(b)) return false;
  if (operation == Operation::equal) return equal_values(a, b);
  if (operation == Operation::not_equal) return !equal_values(a, b);
  const auto number_a = number_of(a), number_b = number_of(b);
  if (number_a && number_b) return compares(operation, *number_a < *number_b ? -1 : *number_a > *number_b);
  if (number_a || number_b) return false;
  return compares(operation, text_of(a).compare(text_of(b)));
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

/// The value of a field or constant where it is, of anything else in `scratch`.
const Value& operand(const Expression& expression, Record& record, const Surroundings& around, Value& scratch) {
  if (expression.kind == Expression::Kind::field) return record.field(expression.slot, around.sources);
  if (expression.kind == Expression::Kind::constant) return expression.constant;
  scratch = evaluate(expression, record, around);
  return scratch;
}

/// The text of the message without copying it.
std::string_view text_operand(const Expression& expression, Record& record, const Surroundings& around, Value& scratch, std::string& text) {
  if (expression.is_field("@message") && record.is_event() && !record.is_made(expression.slot)) return record.message();
  const Value& value = operand(expression, record, around, scratch);
  if (const auto* held = std::get_if<std::string>(&value)) return *held;
  if (is_structure(value)) return {};
  return text = text_of(value);
}

bool is_missing(const Expression& expression, Record& record, const Surroundings& around) {
  if (expression.kind != Expression::Kind::field) return false;
  const bool message = expression.is_field("@message") && record.is_event() && !record.is_made(expression.slot);
  return !message && is_null(record.field(expression.slot, around.sources));
}

/// The scan has let only such messages through.
bool is_held(const Expression& expression, Record& record, const Surroundings& around) {
  const Expression& left = expression.parts[0];
  return around.held_texts && expression.name.empty() && left.is_field("@message") && record.is_event() && !record.is_made(left.slot) &&
         std::find(around.held_texts->begin(), around.held_texts->end(), std::get<std::string>(expression.constant)) !=
             around.held_texts->end();
}

bool tested(const Expression& expression, Record& record, const Surroundings& around) {
  const Expression& left = expression.parts[0];
  Value scratch;
  std::string text;
  switch (expression.kind) {
    case Expression::Kind::contains:
      if (is_held(expression, record, around)) return true;
      if (is_missing(left, record, around)) return false;
      return text_operand(left, record, around, scratch, text).find(std::get<std::string>(expression.constant)) != std::string_view::npos;
    case Expression::Kind::matches: {
      if (is_missing(left, record, around)) return false;
      const std::string_view in = text_operand(left, record, around, scratch, text);
      return re2::RE2::PartialMatch(re2::StringPiece(in.data(), in.size()), *expression.regex);
    }
    case Expression::Kind::in: {
      const Value& value = operand(left, record, around, scratch);
      return std::any_of(expression.list.begin(), expression.list.end(), [&](const Value& each) { return equal_values(each, value); });
    }
    case Expression::Kind::in_subquery: {
      const Value& value = operand(left, record, around, scratch);
      return !is_null(value) && around.subqueries && expression.number < around.subqueries->size() &&
             (*around.subqueries)[expression.number].contains(key_text_of(value));
    }
    default:
      break;
  }
  // an element of a list
  const Value value = evaluate(left, record, around);
  Value list = evaluate(expression.parts[1], record, around);
  if (is_null(list)) list = record.structure(expression.parts[1].slot, around.sources);
  const auto* structure = std::get_if<Structure>(&list);
  if (!structure) return equal_values(value, list);
  if (!(*structure)->is_array()) return false;
  const auto& array = (*structure)->get_array();
  return std::any_of(array.begin(), array.end(), [&](const Document& each) { return equal_values(value, value_of(each)); });
}

Value operated(const Expression& expression, Record& record, const Surroundings& around) {
  if (expression.operation == Operation::logical_and)
    return truth_value(holds(expression.parts[0], record, around) && holds(expression.parts[1], record, around));
  if (expression.operation == Operation::logical_or)
    return truth_value(holds(expression.parts[0], record, around) || holds(expression.parts[1], record, around));
  Value scratch_left, scratch_right;
  const Value& left = operand(expression.parts[0], record, around, scratch_left);
  const Value& right = operand(expression.parts[1], record, around, scratch_right);
  if (expression.operation >= Operation::equal) return truth_value(compared(expression.operation, left, right));
  const auto a = number_of(left), b = number_of(right);
  return a && b ? calculated(expression.operation, *a, *b) : Value();
}

Value attribute(const Expression& expression, Record& record, const Surroundings& around) {
  const Expression& of = expression.parts[0];
  Value owner = evaluate(of, record, around);
  if (is_null(owner) && of.kind == Expression::Kind::field) owner = record.structure(of.slot, around.sources);
  const auto* structure = std::get_if<Structure>(&owner);
  return structure ? at_path(**structure, text_of(expression.constant)) : Value();
}

Value called(const Expression& expression, Record& record, const Surroundings& around) {
  const FunctionForm& form = *expression.function;
  if (form.special == FunctionForm::Special::lazy) {
    // if and case: only the branch that is taken is looked at
    const std::size_t count = expression.parts.size();
    for (std::size_t i = 0; i + 1 < count; i += 2)
      if (holds(expression.parts[i], record, around)) return evaluate(expression.parts[i + 1], record, around);
    return count % 2 == 1 ? evaluate(expression.parts[count - 1], record, around) : Value();
  }
  std::vector<Value> values;
  values.reserve(expression.parts.size());
  for (const Expression& part : expression.parts) {
    values.push_back(evaluate(part, record, around));
    if (form.takes_null && is_null(values.back()) && part.kind == Expression::Kind::field && form.name.starts_with("jsonarray"))
      values.back() = record.structure(part.slot, around.sources);
  }
  if (!form.takes_null && !values.empty() && is_null(values[0])) return {};
  return form.compute({expression, values, around});
}

}  // namespace

bool holds(const Expression& condition, Record& record, const Surroundings& around) {
  switch (condition.kind) {
    case Expression::Kind::operation:
      if (condition.operation == Operation::logical_and)
        return holds(condition.parts[0], record, around) && holds(condition.parts[1], record, around);
      if (condition.operation == Operation::logical_or)
        return holds(condition.parts[0], record, around) || holds(condition.parts[1], record, around);
      break;
    case Expression::Kind::logical_not:
      return !holds(condition.parts[0], record, around);
    case Expression::Kind::contains:
    case Expression::Kind::matches:
    case Expression::Kind::in:
    case Expression::Kind::in_value:
    case Expression::Kind::in_subquery:
      return tested(condition, record, around);
    default:
      break;
  }
  return is_true(evaluate(condition, record, around));
}

Value evaluate(const Expression& expression, Record& record, const Surroundings& around) {
  switch (expression.kind) {
    case Expression::Kind::constant:
      return expression.constant;
    case Expression::Kind::field:
      return record.field(expression.slot, around.sources);
    case Expression::Kind::call:
      return called(expression, record, around);
    case Expression::Kind::operation:
      return operated(expression, record, around);
    case Expression::Kind::negative: {
      const auto number = number_of(evaluate(expression.parts[0], record, around));
      return number ? Value(-*number) : Value();
    }
    case Expression::Kind::logical_not:
      return truth_value(!holds(expression.parts[0], record, around));
    case Expression::Kind::attribute:
      return attribute(expression, record, around);
    case Expression::Kind::aggregate:
      return around.aggregates ? (*around.aggregates)[expression.number] : Value();
    default:
      return truth_value(tested(expression, record, around));
  }
}

}  // namespace tocsin::diagnose
