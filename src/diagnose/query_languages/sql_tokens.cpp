#include "diagnose/query_languages/sql_tokens.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "diagnose/log_query/function_names.h"

namespace tocsin::diagnose {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '@' || static_cast<unsigned char>(c) >= 128;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Parsed<void> SqlReader::skip_blanks() {
  while (at_ < text_.size()) {
    const std::string_view rest = text_.substr(at_);
    if (std::string_view(" \t\r\n\f").find(rest[0]) != std::string_view::npos) {
      ++at_;
    } else if (rest.starts_with("--")) {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (rest.starts_with("/*")) {
      const std::size_t end = text_.find("*/", at_ + 2);
      if (end == std::string_view::npos) return std::unexpected(QueryError{"a comment does not end", at_, text_.size()});
      at_ = end + 2;
    } else {
      break;
    }
  }
  return {};
}

Parsed<void> SqlReader::quoted(char quote, SqlToken::Kind kind) {
  token_ = {kind, {}, at_++, 0};
  while (at_ < text_.size()) {
    const char c = text_[at_++];
    if (c == quote && at_ < text_.size() && text_[at_] == quote) {
      token_.text += text_[at_++];
    } else if (c == quote) {
      token_.end = at_;
      return {};
    } else if (c == '\\' && at_ < text_.size() && text_[at_] == quote) {
      token_.text += text_[at_++];
    } else {
      token_.text += c;
    }
  }
  return std::unexpected(QueryError{std::string("a closing ") + quote + " is missing", token_.begin, text_.size()});
}

Parsed<void> SqlReader::advance() {
  last_end_ = token_.end;
  if (auto skipped = skip_blanks(); !skipped) return skipped;
  token_ = {SqlToken::Kind::end, {}, at_, at_};
  if (at_ >= text_.size()) return {};
  const char c = text_[at_];
  if (c == '\'') return quoted('\'', SqlToken::Kind::text);
  if (c == '"') return quoted('"', quotes_ == DoubleQuotes::text ? SqlToken::Kind::text : SqlToken::Kind::name);
  if (c == '`') return quoted('`', SqlToken::Kind::name);
  if (is_digit(c) || (c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) {
    token_.kind = SqlToken::Kind::number;
    while (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.')) ++at_;
    const bool power =
        at_ + 1 < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E') && (is_digit(text_[at_ + 1]) || text_[at_ + 1] == '-');
    if (power)
      for (at_ += 2; at_ < text_.size() && is_digit(text_[at_]);) ++at_;
  } else if (is_letter(c)) {
    token_.kind = SqlToken::Kind::word;
    while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]) ||
                                  (text_[at_] == '.' && at_ + 1 < text_.size() && (is_letter(text_[at_ + 1]) || is_digit(text_[at_ + 1])))))
      ++at_;
  } else {
    token_.kind = SqlToken::Kind::sign;
    constexpr std::array<std::string_view, 6> two = {"<=", ">=", "<>", "!=", "==", "||"};
    const bool both = std::find(two.begin(), two.end(), text_.substr(at_, 2)) != two.end();
    at_ += both ? 2 : 1;
  }
  token_.text = text_.substr(token_.begin, at_ - token_.begin);
  token_.end = at_;
  return {};
}

bool SqlReader::at_word(std::string_view lower) const { return token_.kind == SqlToken::Kind::word && lower_case(token_.text) == lower; }

Parsed<bool> SqlReader::accept_word(std::string_view lower) {
  if (!at_word(lower)) return false;
  if (auto moved = advance(); !moved) return std::unexpected(moved.error());
  return true;
}

Parsed<bool> SqlReader::accept_sign(std::string_view sign) {
  if (!at_sign(sign)) return false;
  if (auto moved = advance(); !moved) return std::unexpected(moved.error());
  return true;
}

Parsed<void> SqlReader::expect_word(std::string_view lower) {
  if (!at_word(lower)) return unexpected(std::string(lower));
  return advance();
}

Parsed<void> SqlReader::expect_sign(std::string_view sign) {
  if (!at_sign(sign)) return unexpected("'" + std::string(sign) + "'");
  return advance();
}

Parsed<std::string> SqlReader::name() {
  if (!at_name()) return unexpected("a name");
  std::string name = token_.text;
  if (auto moved = advance(); !moved) return std::unexpected(moved.error());
  return name;
}

Parsed<std::string> SqlReader::text() {
  if (token_.kind != SqlToken::Kind::text) return unexpected("a text in quotes");
  std::string text = token_.text;
  if (auto moved = advance(); !moved) return std::unexpected(moved.error());
  return text;
}

Parsed<std::size_t> SqlReader::count() {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(token_.text.data(), token_.text.data() + token_.text.size(), number);
  if (token_.kind != SqlToken::Kind::number || error != std::errc() || end != token_.text.data() + token_.text.size())
    return unexpected("a whole number");
  if (auto moved = advance(); !moved) return std::unexpected(moved.error());
  return number;
}

std::unexpected<QueryError> SqlReader::unexpected(const std::string& wanted) const {
  return std::unexpected(unexpected_symbol(text_, token_.begin, token_.end, wanted));
}

}  // namespace tocsin::diagnose
