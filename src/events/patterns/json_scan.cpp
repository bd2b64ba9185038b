#include "events/patterns/json_scan.h"

#include <bit>
#include <charconv>
#include <cstdint>
#include <optional>

#include "base/encoding.h"
#include "events/patterns/number_arrays.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace tocsin::events {
namespace {

bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

#if defined(__SSE2__)
/// A bit for each of sixteen bytes that is a digit.
inline unsigned digit_mask(const char* at) {
  const __m128i bytes = _mm_sub_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)), _mm_set1_epi8('0'));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(9)), bytes)));
}
#endif

/// The first byte that is no digit.
inline const char* after_digits(const char* at, const char* end) {
#if defined(__SSE2__)
  while (end - at >= 16) {
    const unsigned digits = digit_mask(at);
    if (digits != 0xFFFF) return at + std::countr_one(digits);
    at += 16;
  }
#endif
  while (at < end && is_digit(*at)) ++at;
  return at;
}

#if defined(__SSE2__)
/// Of sixteen bytes, those that end a plain run of a string, and those beyond ASCII.
struct SpecialBytes {
  unsigned special, high;
};
inline SpecialBytes special_bytes(const char* at) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  // unsigned at most 0x1F
  const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
  return {static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), control))),
          static_cast<unsigned>(_mm_movemask_epi8(bytes))};
}
#endif

struct StringEnd {
  const char* at;
  bool escaped = false;
  bool beyond_ascii = false;
};

/// From after the opening quote to the closing one; nullopt when there is none, or a control character before it.
std::optional<StringEnd> find_string_end(const char* at, const char* end) {
  StringEnd found{at};
  while (true) {
#if defined(__SSE2__)
    while (end - found.at >= 16) {
      const auto [special, high] = special_bytes(found.at);
      if (special == 0) {
        found.beyond_ascii |= high != 0;
        found.at += 16;
        continue;
      }
      const int first = std::countr_zero(special);
      found.beyond_ascii |= (high & ((1u << first) - 1)) != 0;
      found.at += first;
      break;
    }
#endif
    if (found.at >= end) return std::nullopt;
    const auto byte = static_cast<unsigned char>(*found.at);
    if (byte == '"') return found;
    if (byte < 0x20) return std::nullopt;
    if (byte == '\\') {
      found.escaped = true;
      if (++found.at >= end) return std::nullopt;
    }
    found.beyond_ascii |= (static_cast<unsigned char>(*found.at) & 0x80) != 0;
    ++found.at;
  }
}

std::optional<std::uint32_t> four_hex(std::string_view text) {
  std::uint32_t code = 0;
  if (text.size() < 4) return std::nullopt;
  for (const char c : text.substr(0, 4)) {
    const int digit = is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (digit < 0) return std::nullopt;
    code = code << 4 | static_cast<std::uint32_t>(digit);
  }
  return code;
}

bool is_high_surrogate(std::uint32_t code) { return code >= 0xD800 && code < 0xDC00; }
bool is_low_surrogate(std::uint32_t code) { return code >= 0xDC00 && code < 0xE000; }

void append_utf8(std::string& out, std::uint32_t code) {
  const auto byte = [&](std::uint32_t value) { out += static_cast<char>(value); };
  if (code < 0x80) return byte(code);
  if (code < 0x800) return byte(0xC0 | code >> 6), byte(0x80 | (code & 0x3F));
  if (code < 0x10000) return byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F));
  byte(0xF0 | code >> 18), byte(0x80 | (code >> 12 & 0x3F)), byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F));
}

constexpr std::string_view short_escapes = "\"\\/bfnrt", short_meanings = "\"\\/\b\f\n\r\t";

}  // namespace

bool JsonScan::check_escapes(std::string_view raw) {
  for (std::size_t at = raw.find('\\'); at != std::string_view::npos; at = raw.find('\\', at)) {
    const char kind = at + 1 < raw.size() ? raw[at + 1] : '\0';
    if (kind != 'u') {
      if (short_escapes.find(kind) == std::string_view::npos || kind == '\0') return false;
      at += 2;
      continue;
    }
    const auto code = four_hex(raw.substr(at + 2));
    if (!code || is_low_surrogate(*code)) return false;
    at += 6;
    if (!is_high_surrogate(*code)) continue;
    const auto low = raw.substr(at, 2) == "\\u" ? four_hex(raw.substr(at + 2)) : std::nullopt;
    if (!low || !is_low_surrogate(*low)) return false;
    at += 6;
  }
  return true;
}

std::string JsonScan::unescape(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  for (std::size_t at = 0; at < raw.size(); ++at) {
    if (raw[at] != '\\') {
      out += raw[at];
      continue;
    }
    const char kind = raw[++at];
    if (kind != 'u') {
      out += short_meanings[short_escapes.find(kind)];
      continue;
    }
    std::uint32_t code = *four_hex(raw.substr(at + 1));
    at += 4;
    if (is_high_surrogate(code)) {
      code = 0x10000 + ((code - 0xD800) << 10) + (*four_hex(raw.substr(at + 3)) - 0xDC00);
      at += 6;
    }
    append_utf8(out, code);
  }
  return out;
}

bool JsonScan::string(Raw& out) {
  if (!take('"')) return false;
#if defined(__SSE2__)
  // most are short and plain
  if (end_ - next_ >= 16) {
    const SpecialBytes found = special_bytes(next_);
    const int first = std::countr_zero(found.special | 0x10000u);
    if (first < 16 && next_[first] == '"' && (found.high & ((1u << first) - 1)) == 0) {
      out = {{next_, static_cast<std::size_t>(first)}, false};
      next_ += first + 1;
      return true;
    }
  }
#endif
  const auto found = find_string_end(next_, end_);
  if (!found) return false;
  out = {{next_, static_cast<std::size_t>(found->at - next_)}, found->escaped};
  next_ = found->at + 1;
  if (found->beyond_ascii && !is_utf8(out.bytes)) return false;
  return !found->escaped || check_escapes(out.bytes);
}

namespace {

/// Past digits, and a point with digits; null when either has none.
inline const char* after_whole_and_fraction(const char* at, const char* end) {
#if defined(__SSE2__)
  // most numbers lie within sixteen bytes
  if (end - at >= 16) {
    const unsigned mask = digit_mask(at);
    const int whole = std::countr_one(mask);
    if (whole == 0) return nullptr;
    if (whole < 16 && at[whole] != '.') return at + whole;
    const int fraction = std::countr_one(mask >> (whole + 1));
    if (whole + 1 + fraction < 16) return fraction == 0 ? nullptr : at + whole + 1 + fraction;
  }
#endif
  const char* const digits = at;
  at = after_digits(at, end);
  if (at == digits) return nullptr;
  if (at == end || *at != '.') return at;
  const char* const fraction = at + 1;
  at = after_digits(fraction, end);
  return at == fraction ? nullptr : at;
}

/// After the number that begins here; null when it is none.
inline const char* after_number(const char* at, const char* end) {
  if (at < end && *at == '-') ++at;
  const char* const digits = at;
  at = after_whole_and_fraction(at, end);
  if (!at || (*digits == '0' && at - digits > 1 && is_digit(digits[1]))) return nullptr;
  if (at < end && (*at | 0x20) == 'e') {
    ++at;
    if (at < end && (*at == '+' || *at == '-')) ++at;
    const char* const exponent = at;
    while (at < end && is_digit(*at)) ++at;
    if (at == exponent) return nullptr;
  }
  return at;
}

/// Past the numbers and commas of an array such as [1,2.5,-3], as far as they follow one another without blanks: to where a value must
/// begin, or to what follows the last number. Null when a number is none.
inline const char* after_plain_numbers(const char* at, const char* end) {
  while (at < end && (is_digit(*at) || *at == '-')) {
    at = after_number(at, end);
    if (!at || at + 1 >= end || *at != ',' || !(is_digit(at[1]) || at[1] == '-')) return at;
    ++at;
  }
  return at;
}

}  // namespace

bool JsonScan::number(std::string_view& out) {
  const char* const from = next_;
  const char* const at = after_number(next_, end_);
  if (!at) return false;
  next_ = at;
  out = {from, static_cast<std::size_t>(at - from)};
  return true;
}

bool JsonScan::word(std::string_view wanted) {
  if (static_cast<std::size_t>(end_ - next_) < wanted.size() || std::string_view(next_, wanted.size()) != wanted) return false;
  next_ += wanted.size();
  return true;
}

bool JsonScan::skip_scalar(char first) {
  Raw text;
  std::string_view digits;
  switch (first) {
    case '"':
      return string(text);
    case 't':
      return word("true");
    case 'f':
      return word("false");
    case 'n':
      return word("null");
    default:
      return number(digits);
  }
}

bool JsonScan::skip_value(int depth) {
  // one bit a level: set in an object
  std::uint64_t objects = 0;
  int levels = 0;
  const char* looked_at = next_;
  while (true) {
    skip_blanks();
    const char first = peek();
    const char* const after =
        first == '[' && next_ >= looked_at && end_ - next_ >= 32 && (next_[1] == '[' || next_[1] == '-' || is_digit(next_[1]))
            ? after_number_array(next_, end_, depth_max - depth - levels, looked_at)
            : nullptr;
    if (after) {
      next_ = after;
    } else if (first == '{' || first == '[') {
      if (depth + levels >= depth_max) return false;
      ++next_;
      const bool object = first == '{';
      objects = objects << 1 | (object ? 1u : 0u);
      ++levels;
      skip_blanks();
      if (!take(object ? '}' : ']')) {
        if (object && !skip_key()) return false;
        continue;
      }
      objects >>= 1;
      --levels;
    } else if (is_digit(first) || first == '-') {
      const bool in_array = levels > 0 && (objects & 1) == 0;
      next_ = in_array ? after_plain_numbers(next_, end_) : after_number(next_, end_);
      if (!next_) return false;
      // such arrays often stand in a row: [1,2],[3,4]
      const bool in_row = in_array && levels > 1 && (objects & 2) == 0;
      while (in_row && end_ - next_ > 3 && next_[0] == ']' && next_[1] == ',' && next_[2] == '[' &&
             (is_digit(next_[3]) || next_[3] == '-')) {
        next_ = after_plain_numbers(next_ + 3, end_);
        if (!next_) return false;
      }
    } else if (!skip_scalar(first)) {
      return false;
    }
    // what follows a value, level by level
    while (true) {
      if (levels == 0) return true;
      skip_blanks();
      const bool in_object = (objects & 1) != 0;
      if (take(',')) {
        if (in_object && !skip_key()) return false;
        break;
      }
      if (!take(in_object ? '}' : ']')) return false;
      objects >>= 1;
      --levels;
    }
  }
}

bool JsonScan::skip_key() {
  Raw key;
  skip_blanks();
  if (!string(key)) return false;
  skip_blanks();
  return take(':');
}

}  // namespace tocsin::events
