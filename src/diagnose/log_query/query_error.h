// Why a query cannot be run, and where in its text.
#pragma once

#include <cstddef>
#include <expected>
#include <string>

namespace tocsin::diagnose {

struct QueryError {
  std::string message;
  std::size_t begin = 0, end = 0;  ///< bytes of the query's text, end exclusive
};

template <typename T>
using Parsed = std::expected<T, QueryError>;

}  // namespace tocsin::diagnose
