// The functions of SQL and PPL, by how Logs Insights calls them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::diagnose {

/// The call in the language of Logs Insights; nothing when there is no such function, or not with so many arguments.
std::optional<std::string> translated_call(std::string_view name, const std::vector<std::string>& arguments);
/// The same of functions over the rows of a group. `distinct` stood before the arguments. `fractions`: percentiles are between 0 and 1.
std::optional<std::string> translated_statistic(std::string_view name, const std::vector<std::string>& arguments, bool distinct,
                                                bool fractions);
bool is_statistic(std::string_view name);

/// A name as Logs Insights takes it, in backticks when it must be.
std::string quoted_field(const std::string& name);
std::string quoted_text(const std::string& text);
/// A regular expression that can stand between slashes.
std::string slashes_escaped(const std::string& regex);
/// `x like …` of a pattern with % and _.
std::string like_test(const std::string& field, const std::string& pattern, bool any_case);

}  // namespace tocsin::diagnose
