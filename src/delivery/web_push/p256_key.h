// Keys of the curve P-256, in the raw forms of Web Push: a public key is its uncompressed point (65 bytes), a private one its number (32).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tocsin::delivery {

class P256Key {
 public:
  static Result<P256Key> generate();
  /// Error invalid when the two are no pair of the curve.
  static Result<P256Key> from_raw(std::string_view private_number, std::string_view public_point);

  const std::string& public_point() const { return public_; }
  const std::string& private_number() const { return private_; }
  /// ECDH; error invalid when `peer_point` is no point of the curve.
  Result<std::string> shared_secret(std::string_view peer_point) const;
  /// ES256: r and s, 32 bytes each (RFC 7518 §3.4).
  Result<std::string> sign(std::string_view text) const;

 private:
  std::shared_ptr<void> key_;
  std::string public_, private_;
};

/// RFC 5869 with SHA-256; at most 32 bytes.
std::string hkdf_sha256(std::string_view salt, std::string_view key, std::string_view info, std::size_t length);

}  // namespace tocsin::delivery
