#include "remediate/automation/branch_choice.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <functional>

#include "base/letters.h"
#include "remediate/documents/document_parameters.h"

namespace tocsin::remediate {
namespace {

constexpr int depth_max = 10;

using Compare = bool (*)(const Document& variable, const Document& operand);

std::optional<double> number_of(const Document& value) {
  if (value.is_number()) return as_number(value);
  if (!value.is_string()) return std::nullopt;
  const std::string_view text(value.get_string());
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

template <typename Order>
bool numeric(const Document& variable, const Document& operand, Order order) {
  const auto left = number_of(variable), right = number_of(operand);
  return left && right && order(*left, *right);
}

bool contains(const Document& variable, const Document& operand) {
  const std::string wanted = to_plain_text(operand);
  if (!variable.is_array()) return to_plain_text(variable).find(wanted) != std::string::npos;
  return std::ranges::any_of(variable.get_array(), [&](const Document& element) { return to_plain_text(element) == wanted; });
}

struct Operator {
  std::string_view name;
  Compare compare;
};

constexpr Operator operators[] = {
    {"StringEquals", [](const Document& a, const Document& b) { return to_plain_text(a) == to_plain_text(b); }},
    {"EqualsIgnoreCase", [](const Document& a, const Document& b) { return lower_case(to_plain_text(a)) == lower_case(to_plain_text(b)); }},
    {"StartsWith", [](const Document& a, const Document& b) { return to_plain_text(a).starts_with(to_plain_text(b)); }},
    {"EndsWith", [](const Document& a, const Document& b) { return to_plain_text(a).ends_with(to_plain_text(b)); }},
    {"Contains", contains},
    {"NumericEquals", [](const Document& a, const Document& b) { return numeric(a, b, std::equal_to<>()); }},
    {"NumericGreater", [](const Document& a, const Document& b) { return numeric(a, b, std::greater<>()); }},
    {"NumericLesser", [](const Document& a, const Document& b) { return numeric(a, b, std::less<>()); }},
    {"NumericGreaterOrEquals", [](const Document& a, const Document& b) { return numeric(a, b, std::greater_equal<>()); }},
    {"NumericLesserOrEquals", [](const Document& a, const Document& b) { return numeric(a, b, std::less_equal<>()); }},
    {"BooleanEquals", [](const Document& a, const Document& b) { return lower_case(to_plain_text(a)) == lower_case(to_plain_text(b)); }},
};

std::unexpected<Error> invalid(const std::string& where, const std::string& what) {
  return fail(ErrorKind::invalid, where + ": " + what, "InvalidDocumentContent");
}

Result<void> check_condition(const Document& condition, const std::string& where, int depth) {
  if (depth > depth_max) return invalid(where, "conditions are nested too deep.");
  if (!condition.is_object()) return invalid(where, "must be a map.");
  for (const char* connective : {"And", "Or"}) {
    const Document* parts = find(condition, connective);
    if (!parts) continue;
    if (!parts->is_array() || parts->get_array().empty()) return invalid(where, std::string(connective) + " must be a list of conditions.");
    for (const Document& part : parts->get_array())
      if (auto checked = check_condition(part, where + "." + connective, depth + 1); !checked) return checked;
    return {};
  }
  if (const Document* part = find(condition, "Not")) return check_condition(*part, where + ".Not", depth + 1);
  if (!find(condition, "Variable")) return invalid(where, "Variable is required.");
  const auto count =
      std::ranges::count_if(operators, [&](const Operator& candidate) { return find(condition, candidate.name) != nullptr; });
  if (count != 1) return invalid(where, "exactly one operator (StringEquals, NumericGreater, …) is required.");
  return {};
}

Result<bool> holds(const Document& condition, const Lookup& lookup) {
  for (const bool is_and : {true, false}) {
    const Document* parts = find(condition, is_and ? "And" : "Or");
    if (!parts) continue;
    for (const Document& part : parts->as_array()) {
      const auto part_holds = holds(part, lookup);
      if (!part_holds || *part_holds != is_and) return part_holds;
    }
    return is_and;
  }
  if (const Document* part = find(condition, "Not")) {
    const auto part_holds = holds(*part, lookup);
    return part_holds ? Result<bool>(!*part_holds) : part_holds;
  }
  for (const Operator& candidate : operators) {
    const Document* operand = find(condition, candidate.name);
    if (!operand) continue;
    const auto left = substitute(*find(condition, "Variable"), lookup);
    if (!left) return std::unexpected(left.error());
    const auto right = substitute(*operand, lookup);
    if (!right) return std::unexpected(right.error());
    return candidate.compare(*left, *right);
  }
  return false;
}

}  // namespace

Result<void> check_branch(const Document& inputs) {
  const Document* choices = find(inputs, "Choices");
  if (!choices || !choices->is_array() || choices->get_array().empty()) return invalid("Choices", "a branch needs at least one choice.");
  for (std::size_t i = 0; i < choices->get_array().size(); ++i) {
    const Document& choice = choices->get_array()[i];
    const std::string where = "Choices[" + std::to_string(i) + "]";
    if (auto checked = check_condition(choice, where, 0); !checked) return checked;
    if (!text_at(choice, "NextStep")) return invalid(where, "NextStep is required.");
  }
  return {};
}

Result<BranchOutcome> choose_branch(const Document& inputs, const Lookup& lookup) {
  if (auto checked = check_branch(inputs); !checked) return std::unexpected(checked.error());
  std::size_t number = 0;
  for (const Document& choice : array_at(inputs, "Choices")) {
    ++number;
    const auto fits = holds(choice, lookup);
    if (!fits) return std::unexpected(fits.error());
    if (*fits) return BranchOutcome{text_or(choice, "NextStep"), "choice " + std::to_string(number)};
  }
  return BranchOutcome{text_or(inputs, "Default"), "Default"};
}

}  // namespace tocsin::remediate
