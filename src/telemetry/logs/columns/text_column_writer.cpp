// Chooses and writes the encoding of a column.
#include <algorithm>
#include <charconv>
#include <cstring>
#include <unordered_map>

#include "telemetry/logs/columns/template_column.h"
#include "telemetry/logs/columns/text_column.h"

namespace tocsin::telemetry {
namespace {

using Texts = std::vector<std::string_view>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The numbers between a prefix and a suffix that all texts share.
struct Numbers {
  std::string_view prefix, suffix;
  std::uint8_t decimals = 0, width_min = 0;
  std::vector<std::int64_t> values;

  bool read(const Texts& texts) {
    find_frame(texts);
    std::string_view first = middle(texts[0]);
    const std::size_t point = first.find('.');
    decimals = point == std::string_view::npos ? 0 : static_cast<std::uint8_t>(std::min<std::size_t>(first.size() - point - 1, 255));
    if (decimals > 9 || (point != std::string_view::npos && decimals == 0)) return false;
    const bool one_size = std::all_of(texts.begin(), texts.end(), [&](std::string_view text) { return text.size() == texts[0].size(); });
    width_min = one_size && first.starts_with('0') ? static_cast<std::uint8_t>(std::min<std::size_t>(whole_size(first), 255)) : 0;
    if (width_min == 1) width_min = 0;
    values.reserve(texts.size());
    for (const std::string_view text : texts)
      if (!add(middle(text))) return false;
    return true;
  }

 private:
  std::string_view middle(std::string_view text) const { return text.substr(prefix.size(), text.size() - prefix.size() - suffix.size()); }
  std::size_t whole_size(std::string_view number) const { return decimals ? number.size() - decimals - 1 : number.size(); }

  void find_frame(const Texts& texts) {
    const std::string_view first = texts[0];
    std::size_t ahead = first.size(), behind = first.size();
    for (const std::string_view text : texts) {
      std::size_t same = 0;
      const std::size_t most = std::min(ahead, text.size());
      while (same < most && text[same] == first[same]) ++same;
      ahead = same;
    }
    // digits belong to the numbers, and so does a sign ahead of everything
    while (ahead > 0 && (is_digit(first[ahead - 1]) || first[ahead - 1] == '.')) --ahead;
    if (ahead == 1 && first[0] == '-') ahead = 0;
    behind -= ahead;
    for (const std::string_view text : texts) {
      std::size_t same = 0;
      const std::size_t most = std::min(behind, text.size() - ahead);
      while (same < most && text[text.size() - 1 - same] == first[first.size() - 1 - same]) ++same;
      behind = same;
    }
    while (behind > 0 && (is_digit(first[first.size() - behind]) || first[first.size() - behind] == '.')) --behind;
    prefix = first.substr(0, ahead);
    suffix = first.substr(first.size() - behind);
  }

  bool add(std::string_view text) {
    constexpr std::size_t digits_max = 17;
    const bool negative = text.starts_with('-');
    const std::string_view digits = negative ? text.substr(1) : text;
    if (digits.size() > digits_max || digits.size() < static_cast<std::size_t>(decimals) + (decimals ? 2 : 1)) return false;
    const std::size_t whole = decimals ? digits.size() - decimals - 1 : digits.size();
    if (decimals && digits[whole] != '.') return false;
    if (width_min ? whole != width_min || negative : digits[0] == '0' && whole > 1) return false;
    std::int64_t value = 0;
    for (std::size_t at = 0; at < digits.size(); ++at) {
      if (decimals && at == whole) continue;
      if (!is_digit(digits[at])) return false;
      value = value * 10 + (digits[at] - '0');
    }
    if (negative && value == 0) return false;
    values.push_back(negative ? -value : value);
    return true;
  }
};

std::uint8_t width_of(std::uint64_t range) { return range <= 0xff ? 1 : range <= 0xffff ? 2 : range <= 0xffffffff ? 4 : 8; }

/// The first byte of each, then the second of each: equal bytes stand together.
std::string planes(const std::vector<std::uint64_t>& values, std::uint8_t width) {
  std::string bytes(values.size() * width, '\0');
  for (std::uint8_t byte = 0; byte < width; ++byte)
    for (std::size_t i = 0; i < values.size(); ++i) bytes[byte * values.size() + i] = static_cast<char>(values[i] >> (8 * byte));
  return bytes;
}

void write_numbers(BlockBytesWriter& out, const Numbers& numbers) {
  const auto& values = numbers.values;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  std::int64_t step_low = INT64_MAX, step_high = INT64_MIN;
  for (std::size_t i = 1; i < values.size(); ++i) {
    step_low = std::min(step_low, values[i] - values[i - 1]);
    step_high = std::max(step_high, values[i] - values[i - 1]);
  }
  const std::uint8_t width = width_of(static_cast<std::uint64_t>(*high - *low));
  const bool deltas = values.size() > 1 && width_of(static_cast<std::uint64_t>(step_high - step_low)) < width;
  std::vector<std::uint64_t> offsets(values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    offsets[i] = deltas ? (i == 0 ? 0 : static_cast<std::uint64_t>(values[i] - values[i - 1] - step_low))
                        : static_cast<std::uint64_t>(values[i] - *low);
  const std::uint8_t width_written = deltas ? width_of(static_cast<std::uint64_t>(step_high - step_low)) : width;
  ByteWriter meta = out.meta();
  meta.byte(static_cast<std::uint8_t>(TextEncoding::number));
  meta.text(numbers.prefix);
  meta.text(numbers.suffix);
  meta.byte(numbers.decimals);
  meta.byte(numbers.width_min);
  meta.byte(width_written);
  meta.byte(deltas ? 1 : 0);
  meta.zigzag(deltas ? values[0] : *low);
  meta.zigzag(deltas ? step_low : 0);
  out.blob(planes(offsets, width_written));
}

int hex_value(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

bool write_hex(BlockBytesWriter& out, const Texts& texts) {
  constexpr std::size_t digits_min = 8, digits_max = 512;
  const std::size_t digits = texts[0].size();
  if (digits < digits_min || digits > digits_max || digits % 2 != 0) return false;
  std::string bytes;
  bytes.reserve(texts.size() * digits / 2);
  for (const std::string_view text : texts) {
    if (text.size() != digits) return false;
    for (std::size_t at = 0; at < digits; at += 2) {
      const int high = hex_value(text[at]), low = hex_value(text[at + 1]);
      if (high < 0 || low < 0) return false;
      bytes += static_cast<char>(high << 4 | low);
    }
  }
  ByteWriter meta = out.meta();
  meta.byte(static_cast<std::uint8_t>(TextEncoding::hex));
  meta.varint(digits);
  out.blob(bytes);
  return true;
}

bool write_dictionary(BlockBytesWriter& out, const Texts& texts, std::size_t distinct_max) {
  std::unordered_map<std::string_view, std::uint8_t> codes;
  Texts distinct;
  std::string bytes(texts.size(), '\0');
  std::string_view before;
  std::uint8_t code = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i == 0 || texts[i] != before) {
      const auto [at, added] = codes.try_emplace(texts[i], static_cast<std::uint8_t>(distinct.size()));
      if (added && distinct.size() == distinct_max) return false;
      if (added) distinct.push_back(texts[i]);
      code = at->second;
      before = texts[i];
    }
    bytes[i] = static_cast<char>(code);
  }
  ByteWriter meta = out.meta();
  if (distinct.size() == 1) {
    meta.byte(static_cast<std::uint8_t>(TextEncoding::constant));
    meta.text(distinct[0]);
    return true;
  }
  meta.byte(static_cast<std::uint8_t>(TextEncoding::dictionary));
  meta.varint(distinct.size());
  for (const std::string_view text : distinct) meta.text(text);
  out.blob(bytes);
  return true;
}

void write_raw(BlockBytesWriter& out, const Texts& texts) {
  std::vector<std::uint64_t> sizes;
  std::size_t bytes = 0, longest = 0;
  sizes.reserve(texts.size());
  for (const std::string_view text : texts) {
    sizes.push_back(text.size());
    bytes += text.size();
    longest = std::max(longest, text.size());
  }
  std::string all;
  all.reserve(bytes);
  for (const std::string_view text : texts) all += text;
  ByteWriter meta = out.meta();
  meta.byte(static_cast<std::uint8_t>(TextEncoding::raw));
  const std::uint8_t width = width_of(longest);
  meta.byte(width);
  out.blob(planes(sizes, width));
  out.blob(all);
}

}  // namespace

void write_text_column(BlockBytesWriter& out, const Texts& texts, SplitTexts split) {
  constexpr std::size_t dictionary_sure = 64, rows_of_a_text_min = 4, split_bytes_min = 6;
  if (texts.empty()) {
    ByteWriter meta = out.meta();
    meta.byte(static_cast<std::uint8_t>(TextEncoding::constant));
    meta.text({});
    return;
  }
  if (split == SplitTexts::lines) {
    write_template_column(out, texts, split);
    return;
  }
  if (write_dictionary(out, texts, std::clamp<std::size_t>(texts.size() / rows_of_a_text_min, 1, dictionary_sure))) return;
  if (Numbers numbers; numbers.read(texts)) {
    write_numbers(out, numbers);
    return;
  }
  if (write_hex(out, texts)) return;
  if (write_dictionary(out, texts, std::clamp<std::size_t>(texts.size() / rows_of_a_text_min, 1, dictionary_texts_max))) return;
  if (split == SplitTexts::text && texts[0].size() >= split_bytes_min && write_template_column(out, texts, split)) return;
  write_raw(out, texts);
}

}  // namespace tocsin::telemetry
