// Identifiers made from an injected source.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/random.h"

namespace tocsin {

/// RFC 9562 §5.4: 36 characters, random.
std::string make_uuid_v4(Random& random);
/// RFC 9562 §5.7: sorts by `at` (milliseconds).
std::string make_uuid_v7(Random& random, Instant at);
/// `length` lower-case hex digits.
std::string make_hex(Random& random, std::size_t length);
/// A secret for URLs: 256 bits, base64url.
std::string make_secret(Random& random);

}  // namespace tocsin
