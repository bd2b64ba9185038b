#include "telemetry/promql/promql_lexer.h"

#include <cctype>

#include "telemetry/promql/promql_expression.h"

namespace tocsin::promql {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool begins_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_' || c == ':'; }
bool in_name(char c) { return begins_name(c) || is_digit(c); }

void append_utf8(std::string& out, unsigned long code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> run() {
    std::vector<Token> tokens;
    while (true) {
      skip_blanks();
      if (at_ == text_.size()) break;
      auto token = next();
      if (!token) return std::unexpected(token.error());
      tokens.push_back(std::move(*token));
    }
    tokens.push_back({TokenKind::end, "", text_.size()});
    return tokens;
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void skip_blanks() {
    while (at_ < text_.size()) {
      if (std::isspace(static_cast<unsigned char>(peek())))
        ++at_;
      else if (peek() == '#')
        while (at_ < text_.size() && peek() != '\n') ++at_;
      else
        return;
    }
  }

  Result<Token> next() {
    const char c = peek();
    if (c == '"' || c == '\'' || c == '`') return quoted();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
    // within brackets a duration may follow a colon
    if (c == ':' && brackets_ > 0) return symbol(1);
    if (begins_name(c)) return name();
    for (const std::string_view two : {"==", "!=", ">=", "<=", "=~", "!~"})
      if (text_.substr(at_, 2) == two) return symbol(2);
    if (std::string_view("+-*/%^()[]{},=<>@").find(c) == std::string_view::npos)
      return fail(ErrorKind::invalid, place_of(text_, at_) + ": parse error: unexpected character: '" + std::string(1, c) + '\'');
    if (c == '[') ++brackets_;
    if (c == ']' && brackets_ > 0) --brackets_;
    return symbol(1);
  }

  Token symbol(std::size_t size) {
    Token token{TokenKind::symbol, std::string(text_.substr(at_, size)), at_};
    at_ += size;
    return token;
  }

  Token name() {
    const std::size_t from = at_;
    while (in_name(peek())) ++at_;
    return {TokenKind::identifier, std::string(text_.substr(from, at_ - from)), from};
  }

  Result<Token> number() {
    const std::size_t from = at_;
    if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X')) {
      at_ += 2;
      while (std::isxdigit(static_cast<unsigned char>(peek()))) ++at_;
    } else {
      while (is_digit(peek()) || peek() == '.') ++at_;
      if ((peek() == 'e' || peek() == 'E') && (is_digit(peek(1)) || ((peek(1) == '+' || peek(1) == '-') && is_digit(peek(2))))) {
        at_ += 2;
        while (is_digit(peek())) ++at_;
      } else if (std::isalpha(static_cast<unsigned char>(peek()))) {
        while (std::isalnum(static_cast<unsigned char>(peek()))) ++at_;
        const std::string duration(text_.substr(from, at_ - from));
        if (parse_promql_duration(duration)) return Token{TokenKind::duration, duration, from};
        return fail(ErrorKind::invalid, place_of(text_, from) + ": parse error: bad number or duration syntax: \"" + duration + '"');
      }
    }
    if (in_name(peek()) && peek() != ':')
      return fail(ErrorKind::invalid, place_of(text_, from) + ": parse error: bad number or duration syntax: \"" +
                                          std::string(text_.substr(from, at_ - from + 1)) + '"');
    return Token{TokenKind::number, std::string(text_.substr(from, at_ - from)), from};
  }

  Result<Token> quoted() {
    const std::size_t from = at_;
    const char quote = text_[at_++];
    std::string value;
    while (at_ < text_.size() && peek() != quote) {
      if (peek() == '\n' && quote != '`') break;
      if (peek() == '\\' && quote != '`') {
        ++at_;
        if (!escape(value)) return fail(ErrorKind::invalid, place_of(text_, from) + ": parse error: unknown escape sequence");
        continue;
      }
      value += text_[at_++];
    }
    if (peek() != quote) return fail(ErrorKind::invalid, place_of(text_, from) + ": parse error: unterminated quoted string");
    ++at_;
    return Token{TokenKind::text, std::move(value), from};
  }

  bool escape(std::string& out) {
    const char c = peek();
    ++at_;
    static constexpr std::string_view letters = "abfnrtv\\\"'", meanings = "\a\b\f\n\r\t\v\\\"'";
    if (const auto at = letters.find(c); at != std::string_view::npos && c != '\0') return out += meanings[at], true;
    if (c == 'x') return coded(out, 16, 2, false);
    if (c == 'u') return coded(out, 16, 4, true);
    if (c == 'U') return coded(out, 16, 8, true);
    if (c >= '0' && c <= '7') return --at_, coded(out, 8, 3, false);
    return false;
  }

  bool coded(std::string& out, int base, std::size_t digits, bool unicode) {
    unsigned long code = 0;
    for (std::size_t i = 0; i < digits; ++i, ++at_) {
      const char c = peek();
      const int digit = is_digit(c) ? c - '0' : std::isxdigit(static_cast<unsigned char>(c)) ? std::tolower(c) - 'a' + 10 : 99;
      if (digit >= base) return false;
      code = code * static_cast<unsigned long>(base) + static_cast<unsigned long>(digit);
    }
    if (code > (unicode ? 0x10ffffUL : 0xffUL)) return false;
    if (unicode)
      append_utf8(out, code);
    else
      out += static_cast<char>(code);
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int brackets_ = 0;
};

}  // namespace

std::string place_of(std::string_view text, std::size_t at) {
  std::size_t line = 1, column = 1;
  for (std::size_t i = 0; i < at && i < text.size(); ++i) {
    ++column;
    if (text[i] == '\n') ++line, column = 1;
  }
  return std::to_string(line) + ':' + std::to_string(column);
}

Result<std::vector<Token>> promql_tokens(std::string_view text) { return Lexer(text).run(); }

}  // namespace tocsin::promql
