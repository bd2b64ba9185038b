// Why a query cannot be run, and where in its text.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

namespace tocsin::diagnose {

struct QueryError {
  std::string message;
  std::size_t begin = 0, end = 0;  ///< bytes of the query's text, end exclusive
};

template <typename T>
using Parsed = std::expected<T, QueryError>;

/// "unexpected symbol found X at line 1 and position 12", as the service says it, and what would have been right.
QueryError unexpected_symbol(std::string_view query, std::size_t begin, std::size_t end, const std::string& wanted);
/// "Ephemeral field is already defined: x ([12,13])"
QueryError already_defined(const std::string& name, std::size_t begin, std::size_t end);

}  // namespace tocsin::diagnose
