#include "diagnose/log_query/query_error.h"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::diagnose {

QueryError unexpected_symbol(std::string_view query, std::size_t begin, std::size_t end, const std::string& wanted) {
  begin = std::min(begin, query.size());
  const std::string_view before = query.substr(0, begin);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t line_begin = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const std::string_view symbol = begin == query.size() ? "<EOF>" : query.substr(begin, end - begin);
  std::string message = fmt::format("unexpected symbol found {} at line {} and position {}", symbol, line, begin - line_begin);
  if (!wanted.empty()) message += ": " + wanted + " expected";
  return {std::move(message), begin, std::max(begin, end)};
}

QueryError already_defined(const std::string& name, std::size_t begin, std::size_t end) {
  return {fmt::format("Ephemeral field is already defined: {} ([{},{}])", name, begin, end), begin, end};
}

}  // namespace tocsin::diagnose
