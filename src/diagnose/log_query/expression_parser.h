// Expressions of log queries, and the reading of tokens that commands share.
#pragma once

#include <string_view>

#include "diagnose/log_query/lexer.h"
#include "diagnose/log_query/query_plan.h"

namespace tocsin::diagnose {

class ExpressionParser {
 public:
  explicit ExpressionParser(std::string_view query) : lexer_(query), query_(query) {}
  /// Reads the first token. Once.
  Parsed<void> begin() { return advance(); }

  const Token& token() const { return token_; }
  Parsed<void> advance();
  bool at_sign(std::string_view sign) const { return token_.kind == TokenKind::sign && token_.text == sign; }
  bool at_word(std::string_view word) const;
  /// Takes it when it comes next.
  Parsed<bool> accept_sign(std::string_view sign);
  Parsed<bool> accept_word(std::string_view word);
  Parsed<void> expect_sign(std::string_view sign);
  std::unexpected<QueryError> unexpected(const std::string& wanted) const;
  std::unexpected<QueryError> wrong(const std::string& message) const {
    return std::unexpected(QueryError{message, token_.begin, token_.end});
  }

  /// A field's name, in backticks or not.
  Parsed<std::string> name();
  /// /…/ or a quoted text, as a regular expression.
  Parsed<Regex> regex();
  Parsed<Period> period();
  Parsed<Expression> expression() { return any(0); }
  /// The query's text between the token that begins at `begin` and the one before the present.
  std::string text_since(std::size_t begin) const { return std::string(query_.substr(begin, last_end_ - begin)); }

 private:
  using Part = Parsed<Expression> (ExpressionParser::*)(int);
  Parsed<Expression> any(int depth);
  Parsed<Expression> all(int depth);
  Parsed<Expression> negated(int depth);
  Parsed<Expression> relation(int depth);
  Parsed<Expression> like(Expression left, bool negate);
  Parsed<Expression> in(Expression left, bool negate);
  Parsed<Expression> sum(int depth);
  Parsed<Expression> product(int depth);
  Parsed<Expression> power(int depth);
  Parsed<Expression> unary(int depth);
  Parsed<Expression> primary(int depth);
  Parsed<Expression> call(const Token& name, int depth);
  Parsed<Expression> bin_arguments(Expression call, int depth);
  Parsed<Expression> chain(int depth, Part part, std::initializer_list<std::pair<std::string_view, Operation>> signs);

  Lexer lexer_;
  std::string_view query_;
  Token token_;
  std::size_t last_end_ = 0;
};

/// Compiles with bounded memory; the error names the text at [begin, end).
Parsed<Regex> compile_query_regex(const std::string& pattern, std::size_t begin, std::size_t end);

}  // namespace tocsin::diagnose
