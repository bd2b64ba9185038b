#include "delivery/sms/gsm_text.h"

#include <array>
#include <utility>

namespace tocsin::delivery {
namespace {

constexpr char32_t replacement = 0xfffd;
constexpr char escape = 0x1b;
constexpr std::size_t header_bytes = 6;

constexpr std::array<char32_t, 128> basic = {
    U'@', U'£', U'$', U'¥', U'è', U'é', U'ù', U'ì', U'ò', U'Ç', U'\n', U'Ø', U'ø', U'\r', U'Å', U'å', U'Δ', U'_',  U'Φ', U'Γ', U'Λ', U'Ω',
    U'Π', U'Ψ', U'Σ', U'Θ', U'Ξ', 0,    U'Æ', U'æ', U'ß', U'É', U' ',  U'!', U'"', U'#',  U'¤', U'%', U'&', U'\'', U'(', U')', U'*', U'+',
    U',', U'-', U'.', U'/', U'0', U'1', U'2', U'3', U'4', U'5', U'6',  U'7', U'8', U'9',  U':', U';', U'<', U'=',  U'>', U'?', U'¡', U'A',
    U'B', U'C', U'D', U'E', U'F', U'G', U'H', U'I', U'J', U'K', U'L',  U'M', U'N', U'O',  U'P', U'Q', U'R', U'S',  U'T', U'U', U'V', U'W',
    U'X', U'Y', U'Z', U'Ä', U'Ö', U'Ñ', U'Ü', U'§', U'¿', U'a', U'b',  U'c', U'd', U'e',  U'f', U'g', U'h', U'i',  U'j', U'k', U'l', U'm',
    U'n', U'o', U'p', U'q', U'r', U's', U't', U'u', U'v', U'w', U'x',  U'y', U'z', U'ä',  U'ö', U'ñ', U'ü', U'à'};

constexpr std::pair<char32_t, char> extension[] = {{U'\f', 0x0a}, {U'^', 0x14}, {U'{', 0x28}, {U'}', 0x29}, {U'\\', 0x2f},
                                                   {U'[', 0x3c},  {U'~', 0x3d}, {U']', 0x3e}, {U'|', 0x40}, {U'€', 0x65}};

constexpr std::pair<char32_t, std::string_view> nearest[] = {
    {U'–', "-"}, {U'—', "-"}, {U'‘', "'"},   {U'’', "'"},  {U'“', "\""}, {U'”', "\""}, {U'„', "\""}, {U'…', "..."},
    {U'·', "-"}, {U'•', "-"}, {U'→', "->"},  {U'≥', ">="}, {U'≤', "<="}, {U'×', "x"},  {U' ', " "},  {U'\t', " "},
    {U'`', "'"}, {U'µ', "u"}, {U'°', "deg"}, {U'á', "a"},  {U'â', "a"},  {U'ã', "a"},  {U'ç', "c"},  {U'ê', "e"},
    {U'ë', "e"}, {U'í', "i"}, {U'î', "i"},   {U'ï', "i"},  {U'ó', "o"},  {U'ô', "o"},  {U'õ', "o"},  {U'ú', "u"},
    {U'û', "u"}, {U'ý', "y"}, {U'À', "A"},   {U'Á', "A"},  {U'È', "E"},  {U'Ó', "O"},  {U'š', "s"},  {U'ž', "z"},
    {U'č', "c"}, {U'ř', "r"}, {U'ł', "l"},   {U'ń', "n"},  {U'ś', "s"},  {U'ę', "e"},  {U'ą', "a"}};

// one character from the front; ill-formed bytes one at a time
char32_t take_character(std::string_view& text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char first = byte(0);
  const std::size_t size = first < 0x80 ? 1 : first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  char32_t value = size == 1 ? first : size == 2 ? first & 0x1f : size == 3 ? first & 0x0f : first & 0x07;
  bool sound = size != 0 && text.size() >= size && first < 0xf5;
  for (std::size_t at = 1; sound && at < size; ++at) {
    sound = (byte(at) & 0xc0) == 0x80;
    value = value << 6 | (byte(at) & 0x3f);
  }
  sound = sound && !(size == 3 && (value < 0x800 || (value >= 0xd800 && value < 0xe000))) &&
          !(size == 4 && (value < 0x10000 || value > 0x10ffff));
  text.remove_prefix(sound ? size : 1);
  return sound ? value : replacement;
}

void append_utf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  }
}

// "" when the alphabet has no such character
std::string septets_of(char32_t c) {
  for (std::size_t at = 0; at < basic.size(); ++at)
    if (basic[at] == c && c != 0) return std::string(1, static_cast<char>(at));
  for (const auto& [character, code] : extension)
    if (character == c) return {escape, code};
  return {};
}

void append_unit(std::string& out, char32_t unit) {
  out += static_cast<char>(unit >> 8 & 0xff);
  out += static_cast<char>(unit & 0xff);
}

// whether a message may end before `at`: neither within an escaped character nor within a pair of surrogates
bool may_cut(const std::string& bytes, std::size_t at, SmsAlphabet alphabet) {
  if (alphabet == SmsAlphabet::gsm7) return bytes[at - 1] != escape;
  return (static_cast<unsigned char>(bytes[at]) & 0xfc) != 0xdc;
}

}  // namespace

std::optional<std::string> to_gsm_septets(std::string_view utf8) {
  std::string out;
  while (!utf8.empty()) {
    const std::string septets = septets_of(take_character(utf8));
    if (septets.empty()) return std::nullopt;
    out += septets;
  }
  return out;
}

std::string from_gsm_septets(std::string_view septets) {
  std::string out;
  for (std::size_t at = 0; at < septets.size(); ++at) {
    char32_t c = replacement;
    const auto code = static_cast<unsigned char>(septets[at]);
    if (septets[at] == escape && at + 1 < septets.size()) {
      ++at;
      c = U' ';
      for (const auto& [character, extended] : extension)
        if (extended == septets[at]) c = character;
    } else if (code < basic.size() && septets[at] != escape) {
      c = basic[code];
    }
    append_utf8(out, c);
  }
  return out;
}

std::string to_ucs2(std::string_view utf8) {
  std::string out;
  while (!utf8.empty()) {
    const char32_t c = take_character(utf8);
    if (c < 0x10000) {
      append_unit(out, c);
    } else {
      append_unit(out, 0xd800 + ((c - 0x10000) >> 10));
      append_unit(out, 0xdc00 + ((c - 0x10000) & 0x3ff));
    }
  }
  return out;
}

std::string from_ucs2(std::string_view bytes) {
  std::string out;
  const auto unit = [&](std::size_t at) {
    return static_cast<char32_t>(static_cast<unsigned char>(bytes[at]) << 8 | static_cast<unsigned char>(bytes[at + 1]));
  };
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
    char32_t c = unit(at);
    const bool high = c >= 0xd800 && c < 0xdc00, low = c >= 0xdc00 && c < 0xe000;
    if (high && at + 3 < bytes.size() && unit(at + 2) >= 0xdc00 && unit(at + 2) < 0xe000) {
      c = 0x10000 + ((c - 0xd800) << 10) + (unit(at + 2) - 0xdc00);
      at += 2;
    } else if (high || low) {
      c = replacement;
    }
    append_utf8(out, c);
  }
  return out;
}

SmsParts split_sms(std::string_view utf8, std::uint8_t reference) {
  SmsParts out;
  const auto septets = to_gsm_septets(utf8);
  out.alphabet = septets ? SmsAlphabet::gsm7 : SmsAlphabet::ucs2;
  const std::string bytes = septets ? *septets : to_ucs2(utf8);
  const std::size_t whole_max = septets ? 160 : 140, part_max = septets ? 153 : 134;
  if (bytes.size() <= whole_max) {
    out.parts.push_back(bytes);
    return out;
  }
  for (std::size_t at = 0; at < bytes.size() && out.parts.size() < 255;) {
    std::size_t size = std::min(part_max, bytes.size() - at);
    while (size > 2 && at + size < bytes.size() && !may_cut(bytes, at + size, out.alphabet)) size -= septets ? 1 : 2;
    out.parts.push_back(std::string("\x05\x00\x03", 3) + static_cast<char>(reference) + std::string(2, '\0') + bytes.substr(at, size));
    at += size;
  }
  for (std::size_t i = 0; i < out.parts.size(); ++i) {
    out.parts[i][header_bytes - 2] = static_cast<char>(out.parts.size());
    out.parts[i][header_bytes - 1] = static_cast<char>(i + 1);
  }
  return out;
}

std::string to_gsm_characters(std::string_view utf8) {
  std::string out;
  while (!utf8.empty()) {
    const char32_t c = take_character(utf8);
    std::string_view instead = "?";
    for (const auto& [character, text] : nearest)
      if (character == c) instead = text;
    if (septets_of(c).empty())
      out += instead;
    else
      append_utf8(out, c);
  }
  return out;
}

std::size_t gsm_length(std::string_view utf8) {
  const auto septets = to_gsm_septets(utf8);
  return septets ? septets->size() : 0;
}

}  // namespace tocsin::delivery
