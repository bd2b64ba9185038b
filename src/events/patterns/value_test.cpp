#include "events/patterns/value_test.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace tocsin::events {
namespace {

std::uint32_t fold(std::uint32_t code) {
  const bool latin = code >= 0xC0 && code <= 0xDE && code != 0xD7;
  const bool greek = code >= 0x391 && code <= 0x3A9 && code != 0x3A2;
  if (latin || greek || (code >= 0x410 && code <= 0x42F)) return code + 0x20;
  if (code >= 0x400 && code <= 0x40F) return code + 0x50;
  return code;
}

bool same_bits(const std::array<std::uint8_t, 16>& a, const std::array<std::uint8_t, 16>& b, int bits) {
  const int whole = bits / 8;
  if (!std::equal(a.begin(), a.begin() + whole, b.begin())) return false;
  const int rest = bits % 8;
  return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

}  // namespace

bool holds_wildcard(const std::vector<std::string>& segments, std::string_view text) {
  const std::string& first = segments.front();
  const std::string& last = segments.back();
  if (segments.size() == 1) return text == first;
  if (text.size() < first.size() + last.size() || !text.starts_with(first) || !text.ends_with(last)) return false;
  text = text.substr(first.size(), text.size() - first.size() - last.size());
  for (std::size_t n = 1; n + 1 < segments.size(); ++n) {
    const std::size_t found = text.find(segments[n]);
    if (found == std::string_view::npos) return false;
    text.remove_prefix(found + segments[n].size());
  }
  return true;
}

std::optional<std::pair<bool, std::array<std::uint8_t, 16>>> parse_address(std::string_view text) {
  const std::string terminated(text);
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET, terminated.c_str(), bytes.data()) == 1) return std::pair(false, bytes);
  if (inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1) return std::pair(true, bytes);
  return std::nullopt;
}

std::string address_key(bool v6, const std::array<std::uint8_t, 16>& bytes, int bits) {
  std::string key(1, static_cast<char>(bits + (v6 ? 64 : 0)));
  key.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(bits / 8));
  if (bits % 8 != 0) key += static_cast<char>(bytes[static_cast<std::size_t>(bits) / 8] & (0xFF00 >> (bits % 8)));
  return key;
}

std::string fold_case(std::string_view text) {
  std::string out(text);
  for (std::size_t n = 0; n < out.size(); ++n) {
    const auto byte = static_cast<unsigned char>(out[n]);
    if (byte >= 'A' && byte <= 'Z') out[n] = static_cast<char>(byte + 0x20);
    // two-byte sequences hold all the alphabets that are folded, before and after
    if ((byte & 0xE0) != 0xC0 || n + 1 >= out.size()) continue;
    const std::uint32_t folded = fold((byte & 0x1Fu) << 6 | (static_cast<unsigned char>(out[n + 1]) & 0x3Fu));
    out[n] = static_cast<char>(0xC0 | folded >> 6);
    out[++n] = static_cast<char>(0x80 | (folded & 0x3F));
  }
  return out;
}

bool NumberRange::holds(double number) const {
  return (low_included ? number >= low : number > low) && (high_included ? number <= high : number < high);
}

bool AddressRange::holds(std::string_view address) const {
  const auto parsed = parse_address(address);
  return parsed && parsed->first == v6 && same_bits(bytes, parsed->second, prefix_bits);
}

std::string read_address_range(std::string_view text, AddressRange& out) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash + 1 == text.size() || text.find('/', slash + 1) != std::string_view::npos)
    return "Malformed CIDR, one '/' required";
  const std::string name(text.substr(0, slash));
  const auto address = parse_address(name);
  if (!address) {
    const bool is_dotted = std::ranges::count(name, '.') == 3 && name.find_first_not_of("0123456789.") == std::string::npos;
    return (is_dotted ? "Invalid IP address: " : "Nonstandard IP address: ") + name;
  }
  const std::string_view bits = text.substr(slash + 1);
  int count = 0;
  const auto parsed = std::from_chars(bits.data(), bits.data() + bits.size(), count);
  if (parsed.ec != std::errc() || parsed.ptr != bits.data() + bits.size()) return "Malformed CIDR, mask bits must be an integer";
  if (count < 0) return "Malformed CIDR, mask bits must not be negative";
  if (!address->first && count >= 32) return "IPv4 mask bits must be < 32";
  if (address->first && count >= 128) return "IPv6 mask bits must be < 128";
  out = {address->first, address->second, count};
  return "";
}

bool ValueTest::holds(const Leaf& leaf) const {
  const bool is_text = leaf.kind == Leaf::Kind::text;
  switch (kind) {
    case Kind::null:
      return leaf.kind == Leaf::Kind::null;
    case Kind::truth:
      return leaf.kind == Leaf::Kind::truth && leaf.truth == truth;
    case Kind::number:
      return leaf.kind == Leaf::Kind::number && leaf.number == number;
    case Kind::text:
      return is_text && leaf.text == text;
    case Kind::prefix:
      return is_text && leaf.text.starts_with(text);
    case Kind::suffix:
      return is_text && leaf.text.ends_with(text);
    case Kind::text_any_case:
      return is_text && fold_case(leaf.text) == text;
    case Kind::prefix_any_case:
      return is_text && fold_case(leaf.text).starts_with(text);
    case Kind::suffix_any_case:
      return is_text && fold_case(leaf.text).ends_with(text);
    case Kind::wildcard:
      return is_text && holds_wildcard(segments, leaf.text);
    case Kind::range:
      return leaf.kind == Leaf::Kind::number && leaf.number && range.holds(*leaf.number);
    case Kind::address:
      return is_text && addresses.holds(leaf.text);
    case Kind::exists:
      return true;
    case Kind::absent:
      return false;
    case Kind::anything_but:
      return std::ranges::none_of(none_of, [&](const ValueTest& test) { return test.holds(leaf); });
  }
  return false;
}

}  // namespace tocsin::events
