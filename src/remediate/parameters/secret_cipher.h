// Seals what is secret at rest. The context (the parameter's ARN) is bound to the sealed bytes: they open only with the same context.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"

namespace tocsin::remediate {

class SecretCipher {
 public:
  virtual ~SecretCipher() = default;
  virtual std::string seal(std::string_view plain, std::string_view context) = 0;
  /// `invalid` when the bytes are not ours, were changed, or were sealed for another context.
  virtual Result<std::string> open(std::string_view sealed, std::string_view context) = 0;
};

/// AES-256-GCM (NIST SP 800-38D): nonce (12 bytes), ciphertext, tag (16). The key has 32 bytes.
std::unique_ptr<SecretCipher> make_aes_cipher(std::string key, Random& random);

}  // namespace tocsin::remediate
