#include "telemetry/logs/columns/word_filter.h"

#include <xxhash.h>

#include <algorithm>
#include <array>

namespace tocsin::telemetry {
namespace {

constexpr std::size_t bits_of_a_word = 9;
constexpr int probes = 6;

constexpr std::array<bool, 256> word_letters = [] {
  std::array<bool, 256> table{};
  for (int c = 0; c < 256; ++c)
    table[static_cast<std::size_t>(c)] = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 128;
  return table;
}();

bool is_letter(char c) { return word_letters[static_cast<unsigned char>(c)]; }

template <typename Visit>
void each_word(std::string_view text, const Visit& visit) {
  for (std::size_t at = 0; at < text.size();) {
    while (at < text.size() && !is_letter(text[at])) ++at;
    const std::size_t begin = at;
    while (at < text.size() && is_letter(text[at])) ++at;
    if (at - begin >= filter_word_bytes_min) visit(begin, at);
  }
}

std::uint64_t hashed(std::string_view word) { return XXH3_64bits(word.data(), word.size()); }

template <typename Visit>
void each_bit(std::uint64_t hash, std::size_t bits, const Visit& visit) {
  const std::uint64_t step = (hash >> 32) | 1;
  for (int probe = 0; probe < probes; ++probe, hash += step * 0x9E3779B97F4A7C15u) visit((hash >> 16) % bits);
}

}  // namespace

void WordFilter::add(std::string_view message) {
  each_word(message, [&](std::size_t begin, std::size_t end) {
    const std::uint64_t hash = hashed(message.substr(begin, end - begin));
    std::uint64_t& known = recent_[hash % recent_.size()];
    if (known == hash) return;
    known = hash;
    hashes_.push_back(hash);
  });
}

std::string WordFilter::encode() {
  std::sort(hashes_.begin(), hashes_.end());
  hashes_.erase(std::unique(hashes_.begin(), hashes_.end()), hashes_.end());
  std::string bytes((hashes_.size() * bits_of_a_word + 7) / 8 + 1, '\0');
  for (const std::uint64_t hash : hashes_)
    each_bit(hash, bytes.size() * 8, [&](std::size_t bit) { bytes[bit / 8] = static_cast<char>(bytes[bit / 8] | 1 << (bit % 8)); });
  return bytes;
}

std::vector<std::string_view> words_within(std::string_view text, bool whole) {
  std::vector<std::string_view> words;
  each_word(text, [&](std::size_t begin, std::size_t end) {
    if (whole || (begin > 0 && end < text.size())) words.push_back(text.substr(begin, end - begin));
  });
  return words;
}

bool may_have_word(std::string_view filter, std::string_view word) {
  if (filter.empty()) return true;
  bool all = true;
  each_bit(hashed(word), filter.size() * 8, [&](std::size_t bit) { all = all && (filter[bit / 8] >> (bit % 8) & 1); });
  return all;
}

}  // namespace tocsin::telemetry
