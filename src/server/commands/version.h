// The version of this build.
#pragma once

#include <string_view>

namespace tocsin::server {

/// "0.1.0"
std::string_view tocsin_version();

}  // namespace tocsin::server
