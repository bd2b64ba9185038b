// Expressions of log queries, and the reading of tokens that commands share.
#pragma once

#include <functional>
#include <set>
#include <string_view>

#include "diagnose/log_query/lexer.h"
#include "diagnose/log_query/query_plan.h"

namespace tocsin::diagnose {

/// Which names a query may use at a place, and which it has made itself.
struct NameScope {
  std::optional<std::set<std::string>> only;  ///< behind stats: what it put out
  std::set<std::string> made;

  bool knows(std::string_view name) const;
};

class ExpressionParser {
 public:
  explicit ExpressionParser(std::string_view query) : lexer_(query), query_(query) {}
  /// Reads the first token. Once.
  Parsed<void> begin() { return advance(); }

  const Token& token() const { return token_; }
  Parsed<void> advance();
  bool at_sign(std::string_view sign) const { return token_.kind == TokenKind::sign && token_.text == sign; }
  bool at_word(std::string_view word) const;
  bool at_name() const { return token_.kind == TokenKind::word || token_.kind == TokenKind::field; }
  /// Takes it when it comes next.
  Parsed<bool> accept_sign(std::string_view sign);
  Parsed<bool> accept_word(std::string_view word);
  Parsed<void> expect_sign(std::string_view sign);
  Parsed<void> expect_word(std::string_view word);
  std::unexpected<QueryError> unexpected(const std::string& wanted) const;
  std::unexpected<QueryError> wrong(const std::string& message) const {
    return std::unexpected(QueryError{message, token_.begin, token_.end});
  }

  /// A field's name, in backticks or not.
  Parsed<std::string> name();
  /// A name that may be used here.
  Parsed<FieldSlot> known_slot();
  Parsed<std::string> text();
  Parsed<double> number();
  /// /…/ or a quoted text, as a regular expression.
  Parsed<Regex> regex();
  Parsed<Period> period();
  Parsed<std::int64_t> duration_ms();
  Parsed<Expression> expression() { return any(0); }
  /// The query's text between the token that begins at `begin` and the one before the present.
  std::string text_since(std::size_t begin) const { return std::string(query_.substr(begin, last_end_ - begin)); }
  std::string_view query() const { return query_; }
  std::size_t last_end() const { return last_end_; }
  /// The field; an error names it when it is not there behind stats.
  Parsed<Expression> field(const std::string& name, const Token& at) const;

  std::shared_ptr<FieldNames> names = std::make_shared<FieldNames>();
  NameScope scope;
  /// While the columns of stats are read: where their functions go.
  std::vector<Aggregate>* aggregates = nullptr;
  /// The text stands for one in another language, which orders commands as it likes and has some more.
  bool foreign = false;
  /// Reads a whole query up to a closing parenthesis.
  std::function<Parsed<Expression>(Expression left)> in_subquery;

 private:
  using Part = Parsed<Expression> (ExpressionParser::*)(int);
  Parsed<Expression> any(int depth);
  Parsed<Expression> all(int depth);
  Parsed<Expression> negated(int depth);
  Parsed<Expression> relation(int depth);
  Parsed<Expression> like(Expression left, bool negate);
  Parsed<Expression> in(Expression left, bool negate, int depth);
  Parsed<Expression> in_list(Expression left, std::string_view closing);
  Parsed<Expression> sum(int depth);
  Parsed<Expression> product(int depth);
  Parsed<Expression> power(int depth);
  Parsed<Expression> unary(int depth);
  Parsed<Expression> primary(int depth);
  Parsed<Expression> with_attributes(Expression owner);
  Parsed<Expression> call(const Token& name, int depth);
  Parsed<Expression> unmasked();
  Parsed<void> arguments(Expression& call, int depth);
  Parsed<Expression> aggregate(const Token& name, Statistic statistic, int depth);
  Parsed<void> aggregate_arguments(Aggregate& aggregate, int depth);
  Parsed<Expression> chain(int depth, Part part, std::initializer_list<std::pair<std::string_view, Operation>> signs);

  Lexer lexer_;
  std::string_view query_;
  Token token_;
  std::size_t last_end_ = 0;
};

/// Compiles with bounded memory; the error names the text at [begin, end).
Parsed<Regex> compile_query_regex(const std::string& pattern, std::size_t begin, std::size_t end);

}  // namespace tocsin::diagnose
