#include <algorithm>

#include "diagnose/log_query/expression_parser.h"
#include "diagnose/log_query/function_names.h"

namespace tocsin::diagnose {
namespace {

/// Named groups as this RE2 reads them: (?<name>…) becomes (?P<name>…).
std::string with_named_groups(const std::string& pattern) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    out += pattern[i];
    if (pattern[i] == '\\' && i + 1 < pattern.size())
      out += pattern[++i];
    else if (pattern.compare(i, 3, "(?<") == 0 && i + 3 < pattern.size() && pattern[i + 3] != '=' && pattern[i + 3] != '!') {
      out += "?P";
      ++i;
    }
  }
  return out;
}

}  // namespace

Parsed<Regex> compile_query_regex(const std::string& pattern, std::size_t begin, std::size_t end) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(4 << 20);
  auto regex = std::make_shared<const re2::RE2>(with_named_groups(pattern), options);
  if (!regex->ok()) return std::unexpected(QueryError{"invalid regular expression: " + regex->error(), begin, end});
  return regex;
}

Parsed<void> ExpressionParser::advance() {
  last_end_ = token_.end;
  auto next = lexer_.next();
  if (!next) return std::unexpected(next.error());
  token_ = std::move(*next);
  return {};
}

bool ExpressionParser::at_word(std::string_view word) const { return token_.kind == TokenKind::word && lower_case(token_.text) == word; }

Parsed<bool> ExpressionParser::accept_sign(std::string_view sign) {
  if (!at_sign(sign)) return false;
  if (auto moved = advance(); !moved) return std::unexpected(moved.error());
  return true;
}

Parsed<bool> ExpressionParser::accept_word(std::string_view word) {
  if (!at_word(word)) return false;
  if (auto moved = advance(); !moved) return std::unexpected(moved.error());
  return true;
}

Parsed<void> ExpressionParser::expect_sign(std::string_view sign) {
  if (!at_sign(sign)) return unexpected("'" + std::string(sign) + "'");
  return advance();
}

Parsed<void> ExpressionParser::expect_word(std::string_view word) {
  if (!at_word(word)) return unexpected(std::string(word));
  return advance();
}

std::unexpected<QueryError> ExpressionParser::unexpected(const std::string& wanted) const {
  return std::unexpected(unexpected_symbol(query_, token_.begin, token_.end, wanted));
}

Parsed<std::string> ExpressionParser::name() {
  if (token_.kind != TokenKind::word && token_.kind != TokenKind::field) return unexpected("a field's name");
  std::string name = token_.text;
  if (auto moved = advance(); !moved) return std::unexpected(moved.error());
  return name;
}

Parsed<FieldSlot> ExpressionParser::known_slot() {
  const Token at = token_;
  auto read = name();
  if (!read) return std::unexpected(read.error());
  auto known = field(*read, at);
  if (!known) return std::unexpected(known.error());
  return known->slot;
}

Parsed<Expression> ExpressionParser::field(const std::string& name, const Token& at) const {
  if (!scope.knows(name)) {
    std::string there;
    for (const std::string& each : *scope.only) there += (there.empty() ? "" : ", ") + each;
    return std::unexpected(
        QueryError{"the field " + name + " is not defined here: behind stats there are only " + there, at.begin, at.end});
  }
  return Expression{.kind = Expression::Kind::field, .constant = {}, .name = name, .slot = names->slot(name)};
}

Parsed<std::string> ExpressionParser::text() {
  if (token_.kind != TokenKind::text) return unexpected("a text in quotes");
  std::string text = token_.text;
  if (auto moved = advance(); !moved) return std::unexpected(moved.error());
  return text;
}

Parsed<double> ExpressionParser::number() {
  if (token_.kind != TokenKind::number) return unexpected("a number");
  const double number = token_.number;
  if (auto moved = advance(); !moved) return std::unexpected(moved.error());
  return number;
}

Parsed<Regex> ExpressionParser::regex() {
  Token text = token_;
  if (at_sign("/")) {
    auto read = lexer_.regex(token_.begin);
    if (!read) return std::unexpected(read.error());
    text = token_ = std::move(*read);
  } else if (token_.kind != TokenKind::text) {
    return unexpected("a regular expression");
  }
  auto compiled = compile_query_regex(text.text, text.begin, text.end);
  if (!compiled) return compiled;
  if (auto moved = advance(); !moved) return std::unexpected(moved.error());
  return compiled;
}

Parsed<Period> ExpressionParser::period() {
  if (token_.kind != TokenKind::duration) return unexpected("a period such as 5m");
  const auto unit = unit_named(token_.text);
  if (!unit) return wrong("unknown unit of time '" + token_.text + "'");
  if (token_.number < 1 || token_.number > 1e9 || token_.number != static_cast<double>(static_cast<std::int64_t>(token_.number)))
    return wrong("a period must be a whole number of at least 1");
  const Period period{static_cast<std::int64_t>(token_.number), *unit};
  if (auto moved = advance(); !moved) return std::unexpected(moved.error());
  return period;
}

Parsed<std::int64_t> ExpressionParser::duration_ms() {
  auto span = period();
  if (!span) return std::unexpected(span.error());
  constexpr std::int64_t day = 86'400'000;
  constexpr std::int64_t lengths[] = {1, 1000, 60'000, 3'600'000, day, 7 * day, 30 * day, 91 * day, 365 * day};
  const std::int64_t length = lengths[static_cast<int>(span->unit)];
  return std::min(span->count, INT64_MAX / 4 / length) * length;
}

bool NameScope::knows(std::string_view name) const {
  if (!only || only->contains(std::string(name))) return true;
  return std::any_of(only->begin(), only->end(), [&](const std::string& each) {
    return name.size() > each.size() && name.starts_with(each) && name[each.size()] == '.';
  });
}

}  // namespace tocsin::diagnose
