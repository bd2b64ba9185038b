// Digests and message authentication, by OpenSSL. All results are raw bytes; hex them with to_hex.
#pragma once

#include <string>
#include <string_view>

namespace tocsin {

std::string sha256(std::string_view bytes);
std::string sha1(std::string_view bytes);
std::string md5(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);

/// Compares without telling by its duration where the first difference is. Lengths are not secret.
bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace tocsin
