// The words of a Logs Insights query. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
#pragma once

#include <string>
#include <string_view>

#include "diagnose/log_query/query_error.h"

namespace tocsin::diagnose {

enum class TokenKind { end, word, field, number, duration, text, sign };

struct Token {
  TokenKind kind = TokenKind::end;
  std::string text;   ///< without quotes or backticks; of a duration the unit
  double number = 0;  ///< of a number or duration
  std::size_t begin = 0, end = 0;
};

/// Blanks and comments (# to the end of the line) separate. A sign is also '$', which begins the name of a saved query. A word is a name or
/// a keyword; a field stood in backticks.
class Lexer {
 public:
  explicit Lexer(std::string_view query) : query_(query) {}
  Parsed<Token> next();
  /// The regular expression between slashes that begins at `at`, where next() would see a division.
  Parsed<Token> regex(std::size_t at);
  std::string_view source(std::size_t begin, std::size_t end) const { return query_.substr(begin, end - begin); }

 private:
  void skip_blanks();
  Parsed<Token> quoted(char quote, TokenKind kind);
  Parsed<Token> number();
  Parsed<Token> quoted_name();
  Parsed<Token> word();
  Parsed<Token> sign();

  std::string_view query_;
  std::size_t at_ = 0;
};

}  // namespace tocsin::diagnose
