// Where a listener stands: HOST:PORT, [IPV6]:PORT, or :PORT for every IPv4 address. Port 0 asks the system for a free one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tocsin::wire {

struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;

  bool operator==(const ListenAddress&) const = default;
};

/// Error: invalid, with what was expected.
Result<ListenAddress> parse_listen_address(std::string_view text);
/// As it stands in a URL: an IPv6 address in brackets.
std::string to_text(const ListenAddress& address);
/// Whether only this machine reaches it: 127.0.0.0/8, ::1 or localhost.
bool is_loopback_host(std::string_view host);

}  // namespace tocsin::wire
