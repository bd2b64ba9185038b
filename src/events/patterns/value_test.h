// What a pattern asks of one value.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/patterns/flat_event.h"

namespace tocsin::events {

struct NumberRange {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_included = false;
  bool high_included = false;
  bool holds(double number) const;
};

/// Addresses by their first `prefix_bits`. IPv4 uses the first four bytes.
struct AddressRange {
  bool v6 = false;
  std::array<std::uint8_t, 16> bytes{};
  int prefix_bits = 0;
  bool holds(std::string_view address) const;
};
/// ADDRESS/BITS, with fewer bits than the address has; else what is wrong, in the service's words.
std::string read_address_range(std::string_view text, AddressRange& out);

/// The family (true: v6) and the bytes of an address; nullopt when the text is none.
std::optional<std::pair<bool, std::array<std::uint8_t, 16>>> parse_address(std::string_view text);
struct AddressLength {
  bool v6;
  int bits;
  bool operator==(const AddressLength&) const = default;
};
/// The same for all addresses that share family and first bits.
std::string address_key(bool v6, const std::array<std::uint8_t, 16>& bytes, int bits);

/// Whether the text is the literal parts in their order with anything between them.
bool holds_wildcard(const std::vector<std::string>& segments, std::string_view text);

struct ValueTest {
  enum class Kind {
    null,
    truth,
    number,
    text,
    prefix,
    suffix,
    text_any_case,
    prefix_any_case,
    suffix_any_case,
    wildcard,
    range,
    address,
    exists,
    absent,
    anything_but,
  };
  Kind kind = Kind::null;
  bool truth = false;
  double number = 0;
  std::string text;                     ///< of the kinds …_any_case already folded
  std::vector<std::string> segments{};  ///< of a wildcard: the literal parts between the asterisks, unescaped
  NumberRange range;
  AddressRange addresses;
  std::vector<ValueTest> none_of;  ///< of anything_but

  /// For every kind but absent, which asks of the event and not of a value.
  bool holds(const Leaf& leaf) const;
};

/// Lower case of ASCII, Latin-1, Greek and Cyrillic letters; the rest as it is.
std::string fold_case(std::string_view text);

}  // namespace tocsin::events
