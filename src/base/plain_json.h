// JSON text whose fractions are written as people write them: 2.5 and 300.0, where Boost.JSON (to_json) says 2.5E0 and 3E2. For texts that
// leave the server. What JSON cannot say (an infinity) is null. Pure.
#pragma once

#include <string>

#include "base/document.h"

namespace tocsin {

std::string to_plain_json(const Document& document);

}  // namespace tocsin
