// A text with values in it. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tocsin::templates {

using Values = std::map<std::string, std::string>;

/// Error invalid, with the line: a section that is not closed, a name that is none of `known`.
Result<void> check_template(std::string_view text, const std::vector<std::string>& known);
/// What is not there is empty. Never fails: what is broken is left as it stands.
std::string render(std::string_view text, const Values& values);

}  // namespace tocsin::templates
