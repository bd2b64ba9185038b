// The keys that an OpenID Connect provider publishes. Pure. https://www.rfc-editor.org/rfc/rfc7517
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tocsin::access {

struct PublicKey {
  std::string id;                 ///< kid; may be empty
  std::string type;               ///< RSA or EC
  std::string algorithm;          ///< alg; may be empty: any that fits the type
  std::string curve;              ///< of EC: P-256, P-384, P-521
  std::string modulus, exponent;  ///< of RSA, bytes
  std::string x, y;               ///< of EC, bytes
};

struct KeySet {
  std::vector<PublicKey> keys;
};

/// Keys of other types and for other uses are left out. `invalid` when it is no key set.
Result<KeySet> parse_key_set(std::string_view json);
/// jwks_uri of a provider's /.well-known/openid-configuration. `invalid`.
Result<std::string> key_set_url(std::string_view configuration_json);

/// Whether `signature` (as JWS has it) over `text` was made with the key by RS256, RS384, RS512, ES256, ES384 or ES512.
bool signature_holds(const PublicKey& key, std::string_view algorithm, std::string_view text, std::string_view signature);

}  // namespace tocsin::access
