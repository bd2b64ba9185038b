// Passwords are kept as scrypt hashes (RFC 7914) with their parameters beside them, so that these can be raised later. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/random.h"

namespace tocsin::access {

/// "scrypt$15$8$1$SALT$HASH". Takes about 100 ms and 32 MB.
std::string hash_password(std::string_view password, Random& random);
/// Compares without telling by its duration how much was right. False for a hash that is none.
bool password_matches(std::string_view hash, std::string_view password);

/// For people to type once: 23 characters of four kinds, none that look alike.
std::string make_password(Random& random);

}  // namespace tocsin::access
