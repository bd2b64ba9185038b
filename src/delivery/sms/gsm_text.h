// Text messages: GSM 03.38 §6.2.1 (one septet a character, two for those of the extension), else UCS-2 (UTF-16BE). Pure.
// Septets are not packed here: SMPP carries one in each byte, the message centre packs them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::delivery {

enum class SmsAlphabet { gsm7, ucs2 };

struct SmsParts {
  SmsAlphabet alphabet = SmsAlphabet::gsm7;
  /// One for each message; with more than one, each begins with the header of concatenation (GSM 03.40 §9.2.3.24.1).
  std::vector<std::string> parts;
};

/// The septets of a text, one in each byte; nullopt when a character is not of the alphabet.
std::optional<std::string> to_gsm_septets(std::string_view utf8);
std::string from_gsm_septets(std::string_view septets);
/// UTF-16BE; ill-formed bytes become U+FFFD.
std::string to_ucs2(std::string_view utf8);
std::string from_ucs2(std::string_view bytes);

/// 160 septets or 70 characters in one message, 153 or 67 in each of several; at most 255 parts, the rest is cut. `reference` tells one
/// long text from another.
SmsParts split_sms(std::string_view utf8, std::uint8_t reference);

/// As near as the alphabet allows: dashes, quotes, dots and accents that it lacks are written with what it has, the rest with '?'.
std::string to_gsm_characters(std::string_view utf8);
/// How many septets a text needs; more than 160 do not fit into one message. 0 of a text that needs UCS-2.
std::size_t gsm_length(std::string_view utf8);

}  // namespace tocsin::delivery
