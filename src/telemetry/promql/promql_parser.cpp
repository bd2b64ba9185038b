#include "telemetry/promql/promql_parser.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>

namespace tocsin::promql {
namespace {

constexpr int depth_max = 200;

bool is_comparison(std::string_view op) { return op == "==" || op == "!=" || op == ">" || op == "<" || op == ">=" || op == "<="; }
bool is_set_operator(std::string_view op) { return op == "and" || op == "or" || op == "unless"; }

int precedence_of(std::string_view op) {
  static const std::map<std::string_view, int> known = {{"or", 1}, {"and", 2}, {"unless", 2}, {"==", 3}, {"!=", 3}, {">", 3},
                                                        {"<", 3},  {">=", 3},  {"<=", 3},     {"+", 4},  {"-", 4},  {"*", 5},
                                                        {"/", 5},  {"%", 5},   {"atan2", 5},  {"^", 6}};
  const auto found = known.find(op);
  return found == known.end() ? 0 : found->second;
}

void gather(const Expr& expr, std::vector<std::string>& names) {
  for (const Matcher& matcher : expr.matchers)
    if (matcher.label == metric_name_label && matcher.kind == MatchKind::equal) names.push_back(matcher.value);
  for (const Expr& part : expr.parts) gather(part, names);
}

}  // namespace

std::string_view name_of(ValueType type) {
  switch (type) {
    case ValueType::scalar:
      return "scalar";
    case ValueType::text:
      return "string";
    case ValueType::vector:
      return "instant vector";
    case ValueType::matrix:
      return "range vector";
  }
  return "";
}

Result<Expr> Parser::whole() {
  auto expr = binary(1);
  if (expr && here().kind != TokenKind::end) fault("unexpected " + shown(here()));
  if (!expr || failed_) return fail(ErrorKind::invalid, message_);
  return std::move(*expr);
}

std::string Parser::operator_here() const {
  if (here().kind == TokenKind::symbol) return precedence_of(here().text) ? here().text : "";
  if (here().kind != TokenKind::identifier) return "";
  const std::string word = lower_case(here().text);
  return precedence_of(word) ? word : "";
}

Parser::Maybe Parser::binary(int least) {
  if (++depth_ > depth_max) return fault("the expression is nested too deep");
  Maybe left = unary();
  while (left) {
    const std::string op = operator_here();
    const int precedence = op.empty() ? 0 : precedence_of(op);
    if (precedence < least || precedence == 0) break;
    const std::size_t place = here().at;
    ++at_;
    Expr expr{.kind = ExprKind::binary, .text = op};
    if (!modifiers(expr)) return std::nullopt;
    // the power binds to the right, the others to the left
    Maybe right = binary(op == "^" ? precedence : precedence + 1);
    if (!right) return right;
    expr.parts.push_back(std::move(*left));
    expr.parts.push_back(std::move(*right));
    left = checked_binary(std::move(expr), place);
  }
  --depth_;
  return left;
}

bool Parser::modifiers(Expr& expr) {
  if (take_word("bool")) {
    if (!is_comparison(expr.text)) return fault("bool modifier can only be used on comparison operators"), false;
    expr.return_bool = true;
  }
  VectorMatching& matching = expr.matching;
  if (is_set_operator(expr.text)) matching.card = VectorMatching::Card::many_to_many;
  if (!is_word("on") && !is_word("ignoring")) return true;
  matching.on = is_word("on");
  ++at_;
  if (!label_list(matching.labels)) return false;
  for (const bool left : {true, false}) {
    if (!take_word(left ? "group_left" : "group_right")) continue;
    if (is_set_operator(expr.text)) return fault("no grouping allowed for \"" + expr.text + "\" operation"), false;
    matching.card = left ? VectorMatching::Card::many_to_one : VectorMatching::Card::one_to_many;
    if (is("(") && !label_list(matching.include)) return false;
    for (const std::string& label : matching.include)
      if (matching.on && std::find(matching.labels.begin(), matching.labels.end(), label) != matching.labels.end())
        return fault("label \"" + label + "\" must not occur in ON and GROUP clause at once"), false;
  }
  return true;
}

bool Parser::label_list(std::vector<std::string>& labels) {
  if (!must("(", "grouping opts")) return false;
  while (!is(")")) {
    if (here().kind != TokenKind::identifier && here().kind != TokenKind::text)
      return fault("unexpected " + shown(here()) + " in grouping opts, expected label"), false;
    labels.push_back(here().text);
    ++at_;
    if (!take(",")) break;
  }
  return must(")", "grouping opts");
}

Parser::Maybe Parser::checked_binary(Expr expr, std::size_t place) {
  const ValueType left = expr.parts[0].type, right = expr.parts[1].type;
  const auto is_operand = [](ValueType type) { return type == ValueType::scalar || type == ValueType::vector; };
  if (!is_operand(left) || !is_operand(right)) return fault("binary expression must contain only scalar and instant vector types", place);
  const bool both_vectors = left == ValueType::vector && right == ValueType::vector;
  if (is_set_operator(expr.text) && !both_vectors)
    return fault("set operator \"" + expr.text + "\" not allowed in binary scalar expression", place);
  if (is_comparison(expr.text) && left == ValueType::scalar && right == ValueType::scalar && !expr.return_bool)
    return fault("comparisons between scalars must use BOOL modifier", place);
  if (!both_vectors && (expr.matching.on || !expr.matching.labels.empty() || !expr.matching.include.empty()))
    return fault("vector matching only allowed between instant vectors", place);
  expr.type = left == ValueType::scalar && right == ValueType::scalar ? ValueType::scalar : ValueType::vector;
  return expr;
}

Parser::Maybe Parser::unary() {
  if (!is("-") && !is("+")) return postfix();
  const bool minus = is("-");
  const std::size_t place = here().at;
  ++at_;
  // -1 ^ 2 is -(1 ^ 2)
  Maybe inner = binary(6);
  if (!inner) return inner;
  if (inner->type != ValueType::scalar && inner->type != ValueType::vector)
    return fault(
        "unary expression only allowed on expressions of type scalar or instant vector, got \"" + std::string(name_of(inner->type)) + '"',
        place);
  if (!minus) return inner;
  Expr expr{.kind = ExprKind::unary_minus};
  expr.type = inner->type;
  expr.parts.push_back(std::move(*inner));
  return expr;
}

Parser::Maybe Parser::postfix() {
  Maybe expr = primary();
  while (expr) {
    if (is("[")) {
      expr = ranged(std::move(*expr));
    } else if (is_word("offset")) {
      if (!shifted(*expr)) return std::nullopt;
    } else if (is("@")) {
      if (!pinned(*expr)) return std::nullopt;
    } else {
      break;
    }
  }
  return expr;
}

std::optional<std::int64_t> Parser::duration() {
  std::optional<std::int64_t> ms;
  if (here().kind == TokenKind::duration || here().kind == TokenKind::number) ms = parse_promql_duration(here().text);
  if (!ms) return fault("unexpected " + shown(here()) + ", expected duration");
  ++at_;
  return ms;
}

Parser::Maybe Parser::ranged(Expr expr) {
  const std::size_t place = here().at;
  ++at_;
  const auto range = duration();
  if (!range) return std::nullopt;
  if (*range <= 0) return fault("duration must be greater than 0", place);
  if (take("]")) {
    if (expr.kind != ExprKind::selector || expr.range_ms != 0) return fault("ranges only allowed for vector selectors", place);
    if (expr.shift.offset_ms != 0) return fault("no offset modifiers allowed before range", place);
    if (expr.shift.at_ms || expr.shift.at_evaluation) return fault("no @ modifiers allowed before range", place);
    expr.range_ms = *range;
    expr.type = ValueType::matrix;
    return expr;
  }
  if (!must(":", "subquery selector")) return std::nullopt;
  if (expr.type != ValueType::vector && expr.type != ValueType::scalar)
    return fault("subquery is only allowed on instant vector, got " + std::string(name_of(expr.type)) + " instead", place);
  Expr subquery{.kind = ExprKind::subquery, .range_ms = *range};
  if (!is("]")) {
    const auto step = duration();
    if (!step) return std::nullopt;
    if (*step <= 0) return fault("duration must be greater than 0", place);
    subquery.step_ms = *step;
  }
  if (!must("]", "subquery selector")) return std::nullopt;
  subquery.type = ValueType::matrix;
  subquery.parts.push_back(std::move(expr));
  return subquery;
}

bool Parser::can_shift(const Expr& expr) {
  if (expr.kind == ExprKind::selector || expr.kind == ExprKind::subquery) return true;
  fault("offset and @ modifiers must be preceded by an instant vector selector or range vector selector or a subquery");
  return false;
}

bool Parser::shifted(Expr& expr) {
  if (!can_shift(expr)) return false;
  if (expr.shift.offset_ms != 0) return fault("offset may not be set multiple times"), false;
  ++at_;
  const bool minus = take("-");
  const auto ms = duration();
  if (!ms) return false;
  expr.shift.offset_ms = minus ? -*ms : *ms;
  return true;
}

bool Parser::pinned(Expr& expr) {
  if (!can_shift(expr)) return false;
  if (expr.shift.at_ms || expr.shift.at_evaluation) return fault("@ <timestamp> may not be set multiple times"), false;
  ++at_;
  if (take_word("start") || take_word("end")) {
    expr.shift.at_evaluation = true;
    return must("(", "@") && must(")", "@");
  }
  const bool minus = take("-");
  if (here().kind != TokenKind::number) return fault("unexpected " + shown(here()) + " in @, expected timestamp"), false;
  const double seconds = std::strtod(here().text.c_str(), nullptr) * (minus ? -1 : 1);
  if (!std::isfinite(seconds) || std::fabs(seconds) > 9e15) return fault("timestamp out of bounds for @ modifier"), false;
  ++at_;
  expr.shift.at_ms = static_cast<std::int64_t>(std::llround(seconds * 1000));
  return true;
}

std::optional<std::int64_t> parse_promql_duration(std::string_view text) {
  static constexpr std::pair<std::string_view, std::int64_t> units[] = {
      {"y", 31'536'000'000}, {"w", 604'800'000}, {"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}};
  if (text == "0") return 0;
  std::int64_t sum = 0;
  std::size_t next_unit = 0;
  while (!text.empty()) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{} || text.front() == '-' || count > 1'000'000'000'000) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    std::size_t letters = 0;
    while (letters < text.size() && std::isalpha(static_cast<unsigned char>(text[letters]))) ++letters;
    const std::string_view unit = text.substr(0, letters);
    // the larger unit first, each once
    while (next_unit < std::size(units) && units[next_unit].first != unit) ++next_unit;
    if (next_unit == std::size(units) || count > std::numeric_limits<std::int64_t>::max() / 4 / units[next_unit].second)
      return std::nullopt;
    sum += count * units[next_unit++].second;
    text.remove_prefix(letters);
  }
  return sum > 0 ? std::optional(sum) : std::nullopt;
}

Result<Expr> parse_promql(std::string_view text) {
  auto tokens = promql_tokens(text);
  if (!tokens) return std::unexpected(tokens.error());
  if (tokens->size() == 1) return fail(ErrorKind::invalid, "1:1: parse error: no expression found in input");
  return Parser(text, std::move(*tokens)).whole();
}

std::vector<std::string> metrics_of(const Expr& expr) {
  std::vector<std::string> names;
  gather(expr, names);
  return names;
}

}  // namespace tocsin::promql
