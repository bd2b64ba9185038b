// What the two engines spell differently.
#pragma once

#include "sql_emitter.h"

namespace tocsin::opinions {

std::string regex_literal(Dialect dialect, const std::string& pattern);
std::string null_text(Dialect dialect);
std::string null_number(Dialect dialect);
std::string matches(Dialect dialect, const std::string& text, const std::string& pattern);
/// What the group matched, or NULL when nothing matched.
std::string group_of_match(Dialect dialect, const std::string& text, const std::string& pattern, std::size_t group);
/// An aggregate: the value that has the least or greatest `by` among the rows for which `when` holds.
std::string extreme_by(Dialect dialect, bool least, const std::string& value, const std::string& by, const std::string& when);
/// An aggregate: all numbers in order.
std::string sorted_numbers(Dialect dialect, const std::string& number);

}  // namespace tocsin::opinions
