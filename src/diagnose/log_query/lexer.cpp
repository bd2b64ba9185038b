#include "diagnose/log_query/lexer.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace tocsin::diagnose {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)); }
bool is_word_start(char c) { return is_letter(c) || c == '_' || c == '@' || (c & 0x80) != 0; }
bool is_word_part(char c) { return is_word_start(c) || is_digit(c) || c == '.'; }

}  // namespace

void Lexer::skip_blanks() {
  while (at_ < query_.size()) {
    if (query_[at_] == '#') {
      while (at_ < query_.size() && query_[at_] != '\n') ++at_;
    } else if (std::isspace(static_cast<unsigned char>(query_[at_]))) {
      ++at_;
    } else {
      return;
    }
  }
}

Parsed<Token> Lexer::next() {
  skip_blanks();
  if (at_ == query_.size()) return Token{.kind = TokenKind::end, .text = {}, .begin = at_, .end = at_};
  const char c = query_[at_];
  if (c == '"' || c == '\'') return quoted(c, TokenKind::text);
  if (c == '`') return quoted_name();
  if (is_digit(c) || (c == '.' && at_ + 1 < query_.size() && is_digit(query_[at_ + 1]))) return number();
  if (is_word_start(c)) return word();
  return sign();
}

Parsed<Token> Lexer::quoted(char quote, TokenKind kind) {
  Token token{.kind = kind, .text = {}, .begin = at_++};
  while (at_ < query_.size()) {
    const char c = query_[at_++];
    if (c == quote) {
      token.end = at_;
      return token;
    }
    if (c == '\\' && at_ < query_.size() && (query_[at_] == quote || query_[at_] == '\\'))
      token.text += query_[at_++];
    else
      token.text += c;
  }
  QueryError error = unexpected_symbol(query_, query_.size(), query_.size(), std::string("a closing ") + quote);
  error.begin = token.begin;
  return std::unexpected(std::move(error));
}

Parsed<Token> Lexer::number() {
  Token token{.kind = TokenKind::number, .text = {}, .begin = at_};
  const auto [end, error] = std::from_chars(query_.data() + at_, query_.data() + query_.size(), token.number);
  at_ = static_cast<std::size_t>(end - query_.data());
  if (error != std::errc()) {
    at_ = std::max(at_, token.begin + 1);
    return std::unexpected(unexpected_symbol(query_, token.begin, at_, "a number"));
  }
  while (at_ < query_.size() && is_letter(query_[at_])) token.text += query_[at_++];
  if (!token.text.empty()) token.kind = TokenKind::duration;
  token.end = at_;
  return token;
}

Parsed<Token> Lexer::quoted_name() {
  auto token = quoted('`', TokenKind::field);
  if (!token || at_ == query_.size() || query_[at_] != '.') return token;
  auto rest = word();
  if (!rest) return rest;
  token->text += rest->text;
  token->end = rest->end;
  return token;
}

/// A part of the name may stand in backticks: @`aws.tag.a:b`, map.`special.char`.
Parsed<Token> Lexer::word() {
  Token token{.kind = TokenKind::word, .text = {}, .begin = at_};
  while (at_ < query_.size()) {
    if (is_word_part(query_[at_])) {
      token.text += query_[at_++];
    } else if (query_[at_] == '`' && (token.text.ends_with('.') || token.text == "@")) {
      auto part = quoted('`', TokenKind::field);
      if (!part) return part;
      token.kind = TokenKind::field;
      token.text += part->text;
    } else {
      break;
    }
  }
  token.end = at_;
  return token;
}

Parsed<Token> Lexer::sign() {
  constexpr std::array<std::string_view, 4> pairs = {"!=", "<=", ">=", "=~"};
  for (const std::string_view pair : pairs)
    if (query_.substr(at_).starts_with(pair)) {
      at_ += 2;
      return Token{.kind = TokenKind::sign, .text = std::string(pair), .begin = at_ - 2, .end = at_};
    }
  if (std::string_view("|,()[]{}=<>+-*/^%!:.$").find(query_[at_]) == std::string_view::npos)
    return std::unexpected(unexpected_symbol(query_, at_, at_ + 1, {}));
  ++at_;
  return Token{.kind = TokenKind::sign, .text = std::string(1, query_[at_ - 1]), .begin = at_ - 1, .end = at_};
}

Parsed<Token> Lexer::regex(std::size_t at) {
  Token token{.kind = TokenKind::text, .text = {}, .begin = at};
  at_ = at + 1;
  while (at_ < query_.size()) {
    const char c = query_[at_++];
    if (c == '/') {
      token.end = at_;
      return token;
    }
    if (c == '\\' && at_ < query_.size()) {
      if (query_[at_] != '/') token.text += c;
      token.text += query_[at_++];
    } else {
      token.text += c;
    }
  }
  QueryError error = unexpected_symbol(query_, query_.size(), query_.size(), "a closing /");
  error.begin = at;
  return std::unexpected(std::move(error));
}

}  // namespace tocsin::diagnose
