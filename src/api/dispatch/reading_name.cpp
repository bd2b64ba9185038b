#include "api/dispatch/reading_name.h"

#include <algorithm>
#include <array>

namespace tocsin::api {

bool is_reading_name(std::string_view operation) {
  constexpr std::array<std::string_view, 14> prefixes{"Get",  "List",    "Describe", "Lookup",   "BatchGet", "Search", "Filter",
                                                      "Test", "Preview", "Simulate", "Validate", "Head",     "Scan",   "Check"};
  return std::any_of(prefixes.begin(), prefixes.end(), [&](std::string_view prefix) { return operation.starts_with(prefix); });
}

}  // namespace tocsin::api
