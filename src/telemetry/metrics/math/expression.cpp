#include "telemetry/metrics/math/expression.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>

namespace tocsin::telemetry {
namespace {

constexpr int depth_max = 64;

bool begins_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool continues_name(char c) { return begins_name(c) || std::isdigit(static_cast<unsigned char>(c)); }

/// Recursive descent; each level of precedence is one row of `levels`.
class Parser {
 public:
  explicit Parser(std::string_view text) : all_(text), rest_(text) {}

  Result<Expression> whole() {
    auto expression = binary(0);
    skip_blanks();
    if (!expression || !rest_.empty())
      return fail(ErrorKind::invalid, "Invalid syntax at position " + std::to_string(all_.size() - rest_.size()));
    return std::move(*expression);
  }

 private:
  using Maybe = std::optional<Expression>;
  using Level = std::array<std::string_view, 6>;
  static constexpr std::array<Level, 5> levels{{{"||", "OR"}, {"&&", "AND"}, {"<=", ">=", "==", "!=", "<", ">"}, {"+", "-"}, {"*", "/"}}};

  void skip_blanks() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front()))) rest_.remove_prefix(1);
  }

  bool take(std::string_view token) {
    skip_blanks();
    if (token.empty() || !rest_.starts_with(token)) return false;
    const bool word = begins_name(token.front());
    if (word && rest_.size() > token.size() && continues_name(rest_[token.size()])) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  std::string take_operator(const Level& level) {
    for (const std::string_view token : level)
      if (take(token)) return std::string(token == "OR" ? "||" : token == "AND" ? "&&" : token);
    return {};
  }

  Maybe binary(std::size_t level) {
    if (level == levels.size()) return power();
    Maybe left = binary(level + 1);
    while (left) {
      std::string name = take_operator(levels[level]);
      if (name.empty()) break;
      Maybe right = binary(level + 1);
      if (!right || ++operators_ > 500) return std::nullopt;
      left = join(std::move(name), std::move(*left), std::move(*right));
    }
    return left;
  }

  static Expression join(std::string name, Expression left, Expression right) {
    Expression joined{.kind = ExpressionKind::binary, .text = std::move(name), .parts = {}};
    joined.parts.push_back(std::move(left));
    joined.parts.push_back(std::move(right));
    return joined;
  }

  Maybe power() {
    if (++depth_ > depth_max) return std::nullopt;
    Maybe base = unary();
    if (base && take("^")) {
      Maybe exponent = power();
      base = exponent ? Maybe(join("^", std::move(*base), std::move(*exponent))) : std::nullopt;
    }
    --depth_;
    return base;
  }

  Maybe unary() {
    if (!take("-")) return primary();
    Maybe inner = power();
    if (!inner) return std::nullopt;
    Expression negated{.kind = ExpressionKind::negate, .text = {}, .parts = {}};
    negated.parts.push_back(std::move(*inner));
    return negated;
  }

  Maybe primary() {
    skip_blanks();
    if (rest_.empty()) return std::nullopt;
    const char first = rest_.front();
    if (take("(")) return closed(binary_deeper());
    if (first == '[') return array();
    if (first == '"' || first == '\'') return text(first);
    if (begins_name(first)) return name_or_call();
    return number();
  }

  Maybe binary_deeper() {
    if (++depth_ > depth_max) return std::nullopt;
    Maybe inner = binary(0);
    --depth_;
    return inner;
  }

  Maybe closed(Maybe inner) { return inner && take(")") ? std::move(inner) : std::nullopt; }

  bool list(std::vector<Expression>& parts, std::string_view end) {
    if (take(end)) return true;
    do {
      Maybe part = binary_deeper();
      if (!part) return false;
      parts.push_back(std::move(*part));
    } while (take(","));
    return take(end);
  }

  Maybe array() {
    take("[");
    Expression array{.kind = ExpressionKind::array, .text = {}, .parts = {}};
    return list(array.parts, "]") ? Maybe(std::move(array)) : std::nullopt;
  }

  Maybe text(char quote) {
    Expression text{.kind = ExpressionKind::text, .text = {}, .parts = {}};
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == quote) {
        rest_.remove_prefix(i + 1);
        return text;
      }
      // a backslash is the text's own (SEARCH reads it), but before the quote
      if (rest_[i] == '\\' && i + 1 < rest_.size() && rest_[i + 1] == quote) ++i;
      text.text += rest_[i];
    }
    return std::nullopt;
  }

  Maybe name_or_call() {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), continues_name);
    std::string name(rest_.begin(), end);
    rest_.remove_prefix(name.size());
    if (!take("(")) return Expression{.kind = ExpressionKind::name, .text = std::move(name), .parts = {}};
    Expression call{.kind = ExpressionKind::call, .text = std::move(name), .parts = {}};
    return list(call.parts, ")") ? Maybe(std::move(call)) : std::nullopt;
  }

  Maybe number() {
    double value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc{} || !(std::isdigit(static_cast<unsigned char>(rest_.front())) || rest_.front() == '.')) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return Expression{.kind = ExpressionKind::number, .number = value, .text = {}, .parts = {}};
  }

  std::string_view all_, rest_;
  int depth_ = 0;
  int operators_ = 0;
};

}  // namespace

Result<Expression> parse_expression(std::string_view text) { return Parser(text).whole(); }

namespace {
bool calls(const Expression& expression, std::string_view function) {
  if (expression.kind == ExpressionKind::call && expression.text == function) return true;
  return std::any_of(expression.parts.begin(), expression.parts.end(), [&](const Expression& part) { return calls(part, function); });
}
}  // namespace

bool calls_function(std::string_view expression, std::string_view function) {
  const auto parsed = parse_expression(expression);
  return parsed && calls(*parsed, function);
}

}  // namespace tocsin::telemetry
