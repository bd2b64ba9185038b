// Functions of texts. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html
#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/digest.h"
#include "base/encoding.h"
#include "diagnose/log_query/evaluate.h"
#include "diagnose/log_query/function_names.h"

namespace tocsin::diagnose {
namespace {

using Arguments = const FunctionArguments&;
constexpr std::size_t many = 50;
constexpr const char* blanks = " \t\r\n\f\v";

/// The byte at which the code point `index` begins.
std::size_t byte_of(std::string_view text, double index) {
  std::size_t at = 0;
  while (at < text.size() && index >= 1) {
    ++at;
    while (at < text.size() && (text[at] & 0xC0) == 0x80) ++at;
    index -= 1;
  }
  return at;
}

std::string trimmed(std::string text, const std::string& characters, bool left, bool right) {
  if (left) text.erase(0, std::min(text.find_first_not_of(characters), text.size()));
  if (right) text.erase(text.find_last_not_of(characters) + 1);
  return text;
}

template <bool left, bool right>
Value trim(Arguments a) {
  if (is_structure(a.values[0])) return {};
  return trimmed(a.text(0), a.size() > 1 ? a.text(1) : blanks, left, right);
}

Value strlen(Arguments a) {
  if (is_structure(a.values[0])) return {};
  const std::string text = a.text(0);
  return static_cast<double>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// The other case of a code point below 0x800, or it itself.
unsigned cased_letter(unsigned letter, bool upper) {
  struct Letters {
    unsigned first, last;  ///< the small ones
    int distance;          ///< to the great ones
  };
  static constexpr Letters ranges[] = {{0xE0, 0xF6, 0x20},   {0xF8, 0xFE, 0x20},   {0x3B1, 0x3C1, 0x20}, {0x3C3, 0x3CB, 0x20},
                                       {0x3AD, 0x3AF, 0x25}, {0x430, 0x44F, 0x20}, {0x450, 0x45F, 0x50}, {0x561, 0x586, 0x30},
                                       {0x3AC, 0x3AC, 0x26}, {0x3CC, 0x3CC, 0x40}, {0x3CD, 0x3CE, 0x3F}};
  for (const auto& [first, last, distance] : ranges) {
    const unsigned moved = upper ? letter : letter + static_cast<unsigned>(distance);
    if (moved >= first && moved <= last) return upper ? letter - static_cast<unsigned>(distance) : moved;
  }
  // great and small by turns: the great ones are even, or odd
  const bool even = (letter >= 0x100 && letter <= 0x137 && letter != 0x130 && letter != 0x131) || (letter >= 0x14A && letter <= 0x177) ||
                    (letter >= 0x460 && letter <= 0x481) || (letter >= 0x48A && letter <= 0x4BF) || (letter >= 0x4D0 && letter <= 0x52F);
  const bool odd = (letter >= 0x139 && letter <= 0x148) || (letter >= 0x179 && letter <= 0x17E);
  if (even) return upper ? letter & ~1u : letter | 1u;
  if (odd) return upper ? (letter - 1) | 1u : letter + (letter & 1u);
  if (letter == 0xFF && upper) return 0x178;
  if (letter == 0x178 && !upper) return 0xFF;
  return letter;
}

/// ASCII, Latin, Greek, Cyrillic and Armenian, whose letters take as many bytes in both cases.
std::string in_case(std::string text, bool upper) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto& c = reinterpret_cast<unsigned char&>(text[i]);
    if (upper ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z') c ^= 0x20;
    if (c < 0xC2 || c > 0xDF || i + 1 == text.size() || (text[i + 1] & 0xC0) != 0x80) continue;
    auto& next = reinterpret_cast<unsigned char&>(text[++i]);
    const unsigned letter = cased_letter((c & 0x1Fu) << 6 | (next & 0x3Fu), upper);
    c = static_cast<unsigned char>(0xC0 | letter >> 6);
    next = static_cast<unsigned char>(0x80 | (letter & 0x3F));
  }
  return text;
}

template <bool upper>
Value cased(Arguments a) {
  return is_structure(a.values[0]) ? Value() : Value(in_case(a.text(0), upper));
}

Value substr(Arguments a) {
  if (is_structure(a.values[0])) return {};
  const std::string text = a.text(0);
  const std::string rest = text.substr(byte_of(text, a.number(1).value_or(0)));
  return a.size() < 3 ? rest : rest.substr(0, byte_of(rest, a.number(2).value_or(0)));
}

Value replace(Arguments a) {
  const std::string text = a.text(0), from = a.text(1), to = a.text(2);
  if (from.empty()) return text;
  std::string out;
  std::size_t at = 0;
  for (std::size_t found = text.find(from); found != std::string::npos && out.size() < text_bytes_max; found = text.find(from, at)) {
    out.append(text, at, found - at).append(to);
    at = found + from.size();
  }
  return out.append(text, at);
}

/// $1 and \1 both name a group.
Value regex_replace(Arguments a) {
  std::shared_ptr<const re2::RE2> regex = a.call.regex;
  if (!regex) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(1 << 20);
    regex = std::make_shared<const re2::RE2>(a.text(1), options);
  }
  if (!regex->ok()) return {};
  std::string to = a.text(2);
  for (std::size_t i = 0; i + 1 < to.size(); ++i)
    if (to[i] == '$' && to[i + 1] >= '0' && to[i + 1] <= '9') to[i] = '\\';
  std::string text = a.text(0);
  if (to.size() * (text.size() + 1) > text_bytes_max * 64) return {};
  re2::RE2::GlobalReplace(&text, *regex, to);
  return text;
}

Value contains(Arguments a) {
  std::string text = a.text(0), part = a.text(1);
  if (a.size() > 2 && is_true(a.values[2])) {
    text = in_case(std::move(text), false);
    part = in_case(std::move(part), false);
  }
  return truth_value(text.find(part) != std::string::npos);
}
Value starts_with(Arguments a) { return truth_value(a.text(0).starts_with(a.text(1))); }
Value ends_with(Arguments a) { return truth_value(a.text(0).ends_with(a.text(1))); }

Value concat(Arguments a) {
  std::string all;
  for (std::size_t i = 0; i < a.size() && all.size() < text_bytes_max; ++i) all += a.text(i);
  return all;
}

Value is_empty(Arguments a) { return truth_value(!is_structure(a.values[0]) && a.text(0).empty()); }
Value is_blank(Arguments a) { return truth_value(!is_structure(a.values[0]) && trimmed(a.text(0), blanks, true, true).empty()); }

Value url_encode(Arguments a) { return percent_encode(a.text(0)); }
Value url_decode(Arguments a) { return percent_decode(a.text(0), true); }
Value base64_encode(Arguments a) { return to_base64(a.text(0)); }
Value base64_decode(Arguments a) {
  std::string text = a.text(0);
  while (text.size() % 4 != 0 && text.size() % 4 != 1) text += '=';
  auto bytes = from_base64(text);
  return bytes ? Value(std::move(*bytes)) : Value();
}
Value md5_of(Arguments a) { return to_hex(md5(a.text(0))); }
Value sha256_of(Arguments a) { return to_hex(sha256(a.text(0))); }

Value hex_to_ascii(Arguments a) {
  std::string text = a.text(0);
  if (text.starts_with("0x")) text.erase(0, 2);
  auto bytes = from_hex(text);
  return bytes ? Value(std::move(*bytes)) : Value();
}

Value split(Arguments a) {
  const std::string text = a.text(0), delimiter = a.text(1);
  Array parts;
  std::size_t at = 0;
  while (!delimiter.empty()) {
    const std::size_t found = text.find(delimiter, at);
    if (found == std::string::npos) break;
    parts.emplace_back(text.substr(at, found - at));
    at = found + delimiter.size();
  }
  parts.emplace_back(text.substr(at));
  return std::make_shared<const Document>(std::move(parts));
}

constexpr std::array forms = {
    FunctionForm{.name = "concat", .arguments_min = 1, .arguments_max = many, .compute = concat, .takes_null = true},
    FunctionForm{.name = "isempty", .arguments_min = 1, .arguments_max = 1, .compute = is_empty, .takes_null = true},
    FunctionForm{.name = "isblank", .arguments_min = 1, .arguments_max = 1, .compute = is_blank, .takes_null = true},
    FunctionForm{"strlen", 1, 1, strlen},
    FunctionForm{"tolower", 1, 1, cased<false>},
    FunctionForm{"toupper", 1, 1, cased<true>},
    FunctionForm{"trim", 1, 2, trim<true, true>},
    FunctionForm{"ltrim", 1, 2, trim<true, false>},
    FunctionForm{"rtrim", 1, 2, trim<false, true>},
    FunctionForm{"substr", 2, 3, substr},
    FunctionForm{"replace", 3, 3, replace},
    FunctionForm{"regexreplace", 3, 3, regex_replace},
    FunctionForm{"strcontains", 2, 3, contains},
    FunctionForm{"startswith", 2, 2, starts_with},
    FunctionForm{"endswith", 2, 2, ends_with},
    FunctionForm{"urlencode", 1, 1, url_encode},
    FunctionForm{"urldecode", 1, 1, url_decode},
    FunctionForm{"base64encode", 1, 1, base64_encode},
    FunctionForm{"base64decode", 1, 1, base64_decode},
    FunctionForm{"md5", 1, 1, md5_of},
    FunctionForm{"sha256", 1, 1, sha256_of},
    FunctionForm{"hextoascii", 1, 1, hex_to_ascii},
    FunctionForm{"split", 2, 2, split}};

}  // namespace

std::span<const FunctionForm> text_functions() { return forms; }

}  // namespace tocsin::diagnose
