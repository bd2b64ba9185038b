// The parts of a URL that a connection needs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tocsin::wire {

struct WebSocketUrl {
  bool tls = false;
  std::string host;  ///< without brackets
  std::uint16_t port = 0;
  std::string authority;  ///< host and port as sent in Host
  std::string target;     ///< path and query, "/" at least

  bool operator==(const WebSocketUrl&) const = default;
};

/// ws, wss, http, https; no user information. Error: invalid.
Result<WebSocketUrl> parse_web_socket_url(std::string_view url);

}  // namespace tocsin::wire
