// Seals secrets at rest that we need back in clear (a SigV4 secret is needed to check a signature): AES-256-GCM under the server's key.
#pragma once

#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"

namespace tocsin::access {

/// Thread-safe as far as `random` is.
class SecretBox {
 public:
  /// Bytes of the server's key.
  static constexpr std::size_t key_size = 32;

  /// `key` has key_size bytes, kept in a file of mode 0600 beside the data. `random` must outlive this object.
  SecretBox(std::string key, Random& random);

  /// Nonce, ciphertext and tag, in base64. `context` names what the secret belongs to; it must be the same when opened, so a sealed secret
  /// cannot be moved.
  std::string seal(std::string_view secret, std::string_view context) const;
  /// `internal` when the text was not sealed with this key and context.
  Result<std::string> open(std::string_view sealed, std::string_view context) const;

 private:
  std::string key_;
  Random& random_;
};

/// The key in `path`, made (mode 0600) when there is none. `unavailable` when the file cannot be read or written, `invalid` when it is not
/// a key.
Result<std::string> read_or_make_key_file(const std::string& path, Random& random);

/// A key for one use, made of the server's: "secrets" are sealed with its own, parameters and page tokens with theirs.
std::string derived_key(const std::string& server_key, std::string_view use);

}  // namespace tocsin::access
