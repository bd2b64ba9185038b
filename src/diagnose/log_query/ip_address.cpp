#include "diagnose/log_query/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace tocsin::diagnose {
namespace {

template <std::size_t count>
bool in_any(const IpAddress& address, const std::array<const char*, count>& ranges) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const char* range) { return parse_ip_range(range)->contains(address); });
}

}  // namespace

std::optional<IpAddress> parse_ip(std::string_view text) {
  const std::string copy(text);
  IpAddress address;
  address.v6 = text.find(':') != std::string_view::npos;
  if (copy.size() > 45 || inet_pton(address.v6 ? AF_INET6 : AF_INET, copy.c_str(), address.bytes.data()) != 1) return std::nullopt;
  return address;
}

std::optional<IpRange> parse_ip_range(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto start = parse_ip(text.substr(0, slash));
  if (!start) return std::nullopt;
  const int bits_max = start->v6 ? 128 : 32;
  if (slash == std::string_view::npos) return IpRange{*start, bits_max};
  int bits = -1;
  const std::string_view digits = text.substr(slash + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc() || end != digits.data() + digits.size() || bits < 0 || bits > bits_max) return std::nullopt;
  return IpRange{*start, bits};
}

bool IpRange::contains(const IpAddress& address) const {
  if (address.v6 != start.v6) return false;
  for (int bit = 0; bit < bits; bit += 8) {
    const int used = std::min(8, bits - bit);
    const auto mask = static_cast<std::uint8_t>(0xFF << (8 - used));
    const auto at = static_cast<std::size_t>(bit / 8);
    if ((address.bytes[at] & mask) != (start.bytes[at] & mask)) return false;
  }
  return true;
}

bool is_private(const IpAddress& address) {
  static constexpr std::array ranges = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"};
  return in_any(address, ranges);
}

bool is_reserved(const IpAddress& address) {
  static constexpr std::array ranges = {"0.0.0.0/8",    "100.64.0.0/10",  "127.0.0.0/8",   "169.254.0.0/16",  "192.0.0.0/24",
                                        "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
                                        "224.0.0.0/4",  "240.0.0.0/4",    "::/128",        "::1/128",         "64:ff9b:1::/48",
                                        "100::/64",     "2001::/23",      "2001:db8::/32", "fe80::/10",       "ff00::/8"};
  return in_any(address, ranges);
}

}  // namespace tocsin::diagnose
