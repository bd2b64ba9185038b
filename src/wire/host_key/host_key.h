// A host's RSA key: RSASSA-PSS with SHA-256, MGF1-SHA256 and a salt of 32 bytes, as the published agent signs. Pure but for the key's entropy (OpenSSL's).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tocsin::wire {

struct HostKey {
  std::string private_key_pem;  ///< PKCS #8
  std::string public_key;       ///< base64 of DER SubjectPublicKeyInfo, as it is registered
};

/// RSA, 2,048 bits; takes some tens of milliseconds.
Result<HostKey> make_host_key();
/// Whether the text is an RSA public key of at least 2,048 bits.
bool is_host_public_key(std::string_view public_key);
/// Base64. `invalid` when the PEM is no RSA key.
Result<std::string> sign_as_host(std::string_view private_key_pem, std::string_view text);
/// Whether `signature` (base64) of `text` was made with the private key that belongs to `public_key`.
bool host_signature_holds(std::string_view public_key, std::string_view text, std::string_view signature);

}  // namespace tocsin::wire
