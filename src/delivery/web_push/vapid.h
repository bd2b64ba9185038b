// Who sends a push: RFC 8292.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "delivery/web_push/p256_key.h"

namespace tocsin::delivery {

/// The value of Authorization: "vapid t=JWT, k=KEY", good for twelve hours. `contact`: mailto:… or https://….
Result<std::string> vapid_authorization(std::string_view endpoint, const P256Key& key, std::string_view contact, Instant now);

}  // namespace tocsin::delivery
