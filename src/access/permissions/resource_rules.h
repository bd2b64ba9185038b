// How the members of an input name resources.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "model/scope.h"

namespace tocsin::access {

/// The ARNs that the call is about, "*" when no rule fits.
std::vector<std::string> resources_of(std::string_view service, std::string_view operation, const Document& input, const Scope& scope);

}  // namespace tocsin::access
