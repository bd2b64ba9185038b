#include "diagnose/trace_map/filter_lexer.h"

#include <cctype>
#include <charconv>

namespace tocsin::diagnose {
namespace {

std::unexpected<Error> bad(std::string what) { return fail(ErrorKind::invalid, "Invalid filter expression: " + std::move(what)); }

bool begins_word(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_' || static_cast<unsigned char>(c) >= 0x80; }
bool continues_word(char c) { return begins_word(c) || std::isdigit(static_cast<unsigned char>(c)) || c == '.' || c == '-'; }

}  // namespace

void FilterLexer::skip_blanks() {
  while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
}

Result<FilterToken> FilterLexer::next() {
  using Kind = FilterToken::Kind;
  skip_blanks();
  if (at_ >= text_.size()) return FilterToken{};
  const char c = text_[at_];
  if (c == '"' || c == '\'') return quoted(c);
  if (c == '#') return json();
  if (begins_word(c)) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && continues_word(text_[at_])) ++at_;
    return FilterToken{Kind::word, std::string(text_.substr(begin, at_ - begin)), 0};
  }
  if (std::isdigit(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '+') {
    FilterToken token{Kind::number, {}, 0};
    const char* begin = text_.data() + at_ + (c == '+' ? 1 : 0);
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), token.number);
    if (error != std::errc{}) return bad("'" + std::string(1, c) + "' is not the beginning of a number");
    token.text.assign(begin, end);
    at_ = static_cast<std::size_t>(end - text_.data());
    return token;
  }
  for (const std::string_view sign : {"!=", "<=", ">=", "=", "<", ">", "!", "(", ")", "{", "}", "[", "]", ",", ":"}) {
    if (!text_.substr(at_).starts_with(sign)) continue;
    at_ += sign.size();
    return FilterToken{Kind::sign, std::string(sign), 0};
  }
  return bad("unexpected character '" + std::string(1, c) + "'");
}

Result<FilterToken> FilterLexer::quoted(char quote) {
  FilterToken token{FilterToken::Kind::text, {}, 0};
  for (++at_; at_ < text_.size(); ++at_) {
    if (text_[at_] == quote) return ++at_, token;
    if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
    token.text += text_[at_];
  }
  return bad("a quotation mark is not closed");
}

Result<std::string> FilterLexer::bracketed() {
  skip_blanks();
  if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) {
    auto token = quoted(text_[at_]);
    if (!token) return std::unexpected(token.error());
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != ']') return bad("']' expected");
    ++at_;
    return token->text;
  }
  const std::size_t end = text_.find(']', at_);
  if (end == std::string_view::npos || end == at_) return bad("']' expected");
  std::string key(text_.substr(at_, end - at_));
  at_ = end + 1;
  while (!key.empty() && std::isspace(static_cast<unsigned char>(key.back()))) key.pop_back();
  return key;
}

/// From "#" on one JSON value, which ends where its brackets do.
Result<FilterToken> FilterLexer::json() {
  const std::size_t begin = ++at_;
  int depth = 0;
  bool in_text = false;
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (in_text) {
      if (c == '\\') ++at_;
      in_text = c != '"';
    } else if (c == '"') {
      in_text = true;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if ((c == ']' || c == '}') && --depth <= 0) {
      ++at_;
      return FilterToken{FilterToken::Kind::json, std::string(text_.substr(begin, at_ - begin)), 0};
    }
  }
  return bad("the JSON after '#' does not end");
}

}  // namespace tocsin::diagnose
