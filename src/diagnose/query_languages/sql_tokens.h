// The words of SQL and PPL.
#pragma once

#include <string>
#include <string_view>

#include "diagnose/log_query/query_error.h"

namespace tocsin::diagnose {

struct SqlToken {
  enum class Kind { end, word, name, text, number, sign };
  Kind kind = Kind::end;
  std::string text;  ///< a word as written, a name without backticks, a text without quotes
  std::size_t begin = 0, end = 0;
};

/// Reads the text token by token. Words hold letters, digits, `_`, `.` and a leading `@`; `--` and `/* */` are comments. In SQL a text
/// stands in single quotes and a name in backticks or double quotes; in PPL both quotes make texts.
class SqlReader {
 public:
  enum class DoubleQuotes { name, text };
  SqlReader(std::string_view text, DoubleQuotes quotes) : text_(text), quotes_(quotes) {}
  /// Reads the first token. Once.
  Parsed<void> begin() { return advance(); }

  const SqlToken& token() const { return token_; }
  Parsed<void> advance();
  bool at_end() const { return token_.kind == SqlToken::Kind::end; }
  bool at_word(std::string_view lower) const;
  bool at_sign(std::string_view sign) const { return token_.kind == SqlToken::Kind::sign && token_.text == sign; }
  bool at_name() const { return token_.kind == SqlToken::Kind::word || token_.kind == SqlToken::Kind::name; }
  Parsed<bool> accept_word(std::string_view lower);
  Parsed<bool> accept_sign(std::string_view sign);
  Parsed<void> expect_word(std::string_view lower);
  Parsed<void> expect_sign(std::string_view sign);
  Parsed<std::string> name();
  Parsed<std::string> text();
  Parsed<std::size_t> count();
  std::unexpected<QueryError> unexpected(const std::string& wanted) const;
  std::unexpected<QueryError> wrong(const std::string& message) const {
    return std::unexpected(QueryError{message, token_.begin, token_.end});
  }
  std::size_t last_end() const { return last_end_; }
  std::string source(std::size_t begin) const { return std::string(text_.substr(begin, last_end_ - begin)); }

 private:
  Parsed<void> skip_blanks();
  Parsed<void> quoted(char quote, SqlToken::Kind kind);

  std::string_view text_;
  DoubleQuotes quotes_;
  std::size_t at_ = 0, last_end_ = 0;
  SqlToken token_;
};

}  // namespace tocsin::diagnose
