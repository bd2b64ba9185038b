// The parser of PromQL, by recursive descent: operators in promql_parser.cpp, what they join in promql_primary.cpp.
#pragma once

#include <algorithm>
#include <cctype>

#include "base/letters.h"
#include "telemetry/promql/promql_expression.h"
#include "telemetry/promql/promql_lexer.h"

namespace tocsin::promql {

/// "instant vector"
std::string_view name_of(ValueType type);

class Parser {
 public:
  Parser(std::string_view text, std::vector<Token> tokens) : text_(text), tokens_(std::move(tokens)) {}

  /// All of the text as one expression.
  Result<Expr> whole();

 private:
  using Maybe = std::optional<Expr>;

  const Token& here() const { return tokens_[at_]; }
  const Token& ahead(std::size_t by = 1) const { return tokens_[std::min(at_ + by, tokens_.size() - 1)]; }
  bool is(std::string_view symbol) const { return here().kind == TokenKind::symbol && here().text == symbol; }
  bool is_word(std::string_view word) const { return here().kind == TokenKind::identifier && lower_case(here().text) == word; }
  bool take(std::string_view symbol) {
    if (!is(symbol)) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) {
    if (!is_word(word)) return false;
    ++at_;
    return true;
  }
  bool must(std::string_view symbol, std::string_view where) {
    if (take(symbol)) return true;
    fault("unexpected " + shown(here()) + " in " + std::string(where) + ", expected \"" + std::string(symbol) + '"');
    return false;
  }
  std::nullopt_t fault(const std::string& words, std::optional<std::size_t> at = std::nullopt) {
    if (!failed_) message_ = place_of(text_, at.value_or(here().at)) + ": parse error: " + words;
    failed_ = true;
    return std::nullopt;
  }
  static std::string shown(const Token& token) {
    if (token.kind == TokenKind::end) return "end of input";
    const char* kind = token.kind == TokenKind::identifier ? "identifier "
                       : token.kind == TokenKind::number   ? "number "
                       : token.kind == TokenKind::text     ? "string "
                                                           : "";
    return std::string(kind) + '"' + token.text + '"';
  }

  std::string operator_here() const;
  Maybe binary(int least);
  bool modifiers(Expr& expr);
  bool label_list(std::vector<std::string>& labels);
  Maybe checked_binary(Expr expr, std::size_t place);
  Maybe unary();
  Maybe postfix();
  std::optional<std::int64_t> duration();
  Maybe ranged(Expr expr);
  bool can_shift(const Expr& expr);
  bool shifted(Expr& expr);
  bool pinned(Expr& expr);
  Maybe primary();
  Maybe ranged_parenthesis(Expr vector);
  Maybe literal();
  static bool parse_number(const std::string& text, double& number);
  Maybe selector(const std::string& name);
  bool matcher(Expr& expr);
  bool arguments(std::vector<Expr>& parts);
  bool grouping(Expr& expr);
  Maybe aggregation(const std::string& name);
  Maybe call();

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool failed_ = false;
  std::string message_ = "parse error: no expression found in input";
};

}  // namespace tocsin::promql
