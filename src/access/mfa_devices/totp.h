// Codes of six digits that change each thirty seconds. https://www.rfc-editor.org/rfc/rfc6238
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace tocsin::access {

/// The number of the thirty seconds that `at` lies in.
std::int64_t totp_step(Instant at);
/// The code of that step; `seed` as bytes.
std::string totp_code(std::string_view seed, std::int64_t step);
/// RFC 4648 §6, without padding.
std::string to_base32(std::string_view bytes);

}  // namespace tocsin::access
