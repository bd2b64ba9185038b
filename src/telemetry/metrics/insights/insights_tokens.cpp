#include "telemetry/metrics/insights/insights_tokens.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace tocsin::telemetry {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.'; }

std::unexpected<Error> wrong(std::string_view what, std::size_t position) {
  return fail(ErrorKind::invalid, "Invalid Metrics Insights query: " + std::string(what) + " at position " + std::to_string(position));
}

/// A text in quotes, where \ keeps the next character; `at` is moved behind it.
Result<std::string> quoted(std::string_view query, std::size_t& at) {
  const std::size_t begin = at;
  const char quote = query[at++];
  std::string text;
  for (; at < query.size(); ++at) {
    if (query[at] == quote) {
      ++at;
      return text;
    }
    if (query[at] == '\\' && at + 1 < query.size()) ++at;
    text += query[at];
  }
  return wrong("a quotation mark without its end", begin);
}

}  // namespace

bool is_insights_keyword(std::string_view word) {
  constexpr std::array<std::string_view, 16> keywords{"SELECT", "FROM", "SCHEMA", "WHERE", "AND",   "GROUP", "ORDER", "BY",
                                                      "ASC",    "DESC", "LIMIT",  "AVG",   "COUNT", "MAX",   "MIN",   "SUM"};
  return std::any_of(keywords.begin(), keywords.end(), [&](std::string_view keyword) {
    return std::equal(word.begin(), word.end(), keyword.begin(), keyword.end(),
                      [](unsigned char a, unsigned char b) { return std::toupper(a) == b; });
  });
}

Result<std::vector<InsightsToken>> insights_tokens(std::string_view query) {
  std::vector<InsightsToken> tokens;
  std::size_t at = 0;
  while (at < query.size()) {
    const std::size_t begin = at;
    const char c = query[at];
    if (std::isspace(static_cast<unsigned char>(c))) {
      ++at;
    } else if (c == '"' || c == '\'') {
      auto text = quoted(query, at);
      if (!text) return std::unexpected(text.error());
      tokens.push_back({c == '"' ? InsightsTokenKind::quoted : InsightsTokenKind::text, std::move(*text), begin});
    } else if (query.substr(at, 2) == "!=") {
      tokens.push_back({InsightsTokenKind::sign, "!=", begin});
      at += 2;
    } else if (c == '(' || c == ')' || c == ',' || c == '=') {
      tokens.push_back({InsightsTokenKind::sign, std::string(1, c), begin});
      ++at;
    } else if (is_word(c) && c != '.') {
      while (at < query.size() && is_word(query[at])) ++at;
      tokens.push_back({InsightsTokenKind::word, std::string(query.substr(begin, at - begin)), begin});
    } else {
      return wrong("unexpected '" + std::string(1, c) + "'", begin);
    }
  }
  return tokens;
}

}  // namespace tocsin::telemetry
