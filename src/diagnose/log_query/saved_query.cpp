#include "diagnose/log_query/saved_query.h"

#include <re2/re2.h>

#include <algorithm>
#include <map>

#include "diagnose/log_query/lexer.h"
#include "diagnose/log_query/value.h"

namespace tocsin::diagnose {
namespace {

constexpr std::size_t text_max = 10'000;

/// A default is written into the query as a value: a text in quotes.
std::string as_value(const std::string& text) {
  const bool plain = number_in(text) || text.starts_with('"') || text.starts_with('\'') || text.starts_with('[');
  return plain ? text : '"' + text + '"';
}

using Values = std::map<std::string, std::string>;

/// "(a = 1, b = "x")" behind the name; `at` is the token behind it.
Parsed<Values> values_of(Lexer& lexer, const std::string& text, std::size_t& end) {
  Values values;
  auto token = lexer.next();
  const auto wrong = [&](const std::string& wanted) { return std::unexpected(unexpected_symbol(text, token->begin, token->end, wanted)); };
  if (!token) return std::unexpected(token.error());
  if (token->text != "(") return wrong("(");
  while (true) {
    token = lexer.next();
    if (!token) return std::unexpected(token.error());
    if (token->kind == TokenKind::sign && token->text == ")") break;
    if (token->kind != TokenKind::word) return wrong("the name of a parameter");
    const std::string name = token->text;
    token = lexer.next();
    if (!token) return std::unexpected(token.error());
    if (token->text != "=") return wrong("=");
    // up to the comma or parenthesis that ends it
    std::size_t begin = 0, stop = 0;
    int depth = 0;
    while (true) {
      token = lexer.next();
      if (!token) return std::unexpected(token.error());
      if (token->kind == TokenKind::end) return wrong(")");
      const bool sign = token->kind == TokenKind::sign;
      if (sign && depth == 0 && (token->text == "," || token->text == ")")) break;
      depth += (sign && (token->text == "[" || token->text == "(")) - (sign && (token->text == "]" || token->text == ")"));
      if (stop == 0) begin = token->begin;
      stop = token->end;
    }
    if (stop == 0) return wrong("a value");
    values[name] = text.substr(begin, stop - begin);
    if (token->text == ")") break;
  }
  end = token->end;
  return values;
}

Parsed<std::string> filled(const SavedQuery& query, const Values& values, const Token& name) {
  const auto refused = [&](const std::string& why) { return std::unexpected(QueryError{why, name.begin, name.end}); };
  for (const auto& [given, value] : values)
    if (std::none_of(query.parameters.begin(), query.parameters.end(), [&](const QueryParameter& each) { return each.name == given; }))
      return refused("the saved query " + name.text + " has no parameter " + given);
  std::string text = query.text;
  for (const std::string& placeholder : placeholders_in(query.text)) {
    const auto given = values.find(placeholder);
    const auto parameter = std::find_if(query.parameters.begin(), query.parameters.end(),
                                        [&](const QueryParameter& each) { return each.name == placeholder; });
    const bool has_default = parameter != query.parameters.end() && parameter->default_value;
    if (given == values.end() && !has_default)
      return refused("the parameter " + placeholder + " of the saved query " + name.text + " has no value");
    const std::string value = given != values.end() ? given->second : as_value(*parameter->default_value);
    std::string escaped = value;
    for (std::size_t at = 0; (at = escaped.find('\\', at)) != std::string::npos; at += 2) escaped.insert(at, 1, '\\');
    re2::RE2::GlobalReplace(&text, "\\{\\{\\s*" + placeholder + "\\s*\\}\\}", escaped);
  }
  if (text.find("| $") != std::string::npos || text.starts_with('$')) return refused("a saved query cannot name another saved query");
  return text;
}

}  // namespace

std::vector<std::string> placeholders_in(const std::string& text) {
  static const re2::RE2 form(R"(\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\})");
  re2::StringPiece rest(text);
  std::vector<std::string> names;
  for (std::string name; re2::RE2::FindAndConsume(&rest, form, &name);)
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  return names;
}

Parsed<std::string> expand_saved_queries(const std::string& text, const FindSavedQuery& find) {
  if (text.find('$') == std::string::npos) return text;
  std::string out;
  std::size_t copied = 0;
  bool at_command = true;
  Lexer lexer(text);
  while (true) {
    auto token = lexer.next();
    // what is no query is told by the parser, with its place in the whole
    if (!token || token->kind == TokenKind::end) break;
    if (token->kind == TokenKind::sign && token->text == "/") return text;
    if (!at_command || token->kind != TokenKind::sign || token->text != "$") {
      at_command = token->kind == TokenKind::sign && (token->text == "|" || token->text == "(");
      continue;
    }
    const std::size_t begin = token->begin;
    const auto name = lexer.next();
    if (!name) return std::unexpected(name.error());
    if (name->kind != TokenKind::word && name->kind != TokenKind::field)
      return std::unexpected(unexpected_symbol(text, name->begin, name->end, "the name of a saved query"));
    const auto query = find(name->text);
    if (!query) return std::unexpected(QueryError{"the saved query " + name->text + " does not exist", name->begin, name->end});
    std::size_t end = 0;
    const auto values = values_of(lexer, text, end);
    if (!values) return std::unexpected(values.error());
    auto made = filled(*query, *values, *name);
    if (!made) return made;
    out.append(text, copied, begin - copied).append(*made);
    copied = end;
    at_command = false;
  }
  out.append(text, copied);
  if (out.size() > text_max)
    return std::unexpected(QueryError{"The expanded query string cannot exceed 10,000 characters.", 0, text.size()});
  return out;
}

}  // namespace tocsin::diagnose
