// A message for one subscription alone: RFC 8291 over RFC 8188 (aes128gcm), in one record.
#pragma once

#include <string>
#include <string_view>

#include "delivery/web_push/p256_key.h"

namespace tocsin::delivery {

/// What push services take at least (RFC 8030 §7.2), less what encryption adds.
inline constexpr std::size_t push_payload_bytes_max = 3992;

struct PushSubscription {
  std::string endpoint;
  std::string p256dh;  ///< the browser's point, raw
  std::string auth;    ///< 16 bytes
};

/// `sender` is made for this message alone, `salt` is 16 random bytes. Errors invalid: the subscription's keys, a text that is too long.
Result<std::string> encrypt_push(std::string_view text, const PushSubscription& subscription, const P256Key& sender, std::string_view salt);

}  // namespace tocsin::delivery
