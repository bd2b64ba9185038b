// IPv4 and IPv6 addresses and ranges.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tocsin::diagnose {

struct IpAddress {
  bool v6 = false;
  std::array<std::uint8_t, 16> bytes{};  ///< of IPv4 the first four
  bool operator==(const IpAddress&) const = default;
};
struct IpRange {
  IpAddress start;
  int bits = 0;
  bool contains(const IpAddress& address) const;
};

std::optional<IpAddress> parse_ip(std::string_view text);
/// 192.0.2.0/24, 2001:db8::/32, or an address alone.
std::optional<IpRange> parse_ip_range(std::string_view text);

/// RFC 1918, and RFC 4193 for IPv6.
bool is_private(const IpAddress& address);
/// The special-purpose ranges of RFC 6890 that are not private: loopback, link-local, multicast, documentation and so on.
bool is_reserved(const IpAddress& address);

}  // namespace tocsin::diagnose
