#include "telemetry/logs/trigram_filter.h"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace tocsin::telemetry {
namespace {

constexpr std::size_t bits_max = 1u << 16;

std::uint32_t lower(char c) { return static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c + 32 : c); }

std::uint32_t hashed(std::string_view text, std::size_t at) {
  const std::uint32_t piece = lower(text[at]) | lower(text[at + 1]) << 8 | lower(text[at + 2]) << 16;
  return (piece * 0x9E3779B1u) >> 16;
}

}  // namespace

void TrigramFilter::add(std::string_view message) {
  if (message.size() < 3) return;
  char* const seen = seen_.data();
  std::uint32_t piece = lower(message[0]) << 8 | lower(message[1]) << 16;
  for (std::size_t at = 2; at < message.size(); ++at) {
    piece = piece >> 8 | lower(message[at]) << 16;
    seen[(piece * 0x9E3779B1u) >> 16] = 1;
  }
}

std::string TrigramFilter::encode() const {
  const auto set = static_cast<std::size_t>(std::count(seen_.begin(), seen_.end(), 1));
  // eight bits for each piece keeps false answers rare; folding is by the low bits
  const std::size_t size = std::clamp<std::size_t>(std::bit_ceil(set * 8 + 1), 64, bits_max);
  std::string bytes(size / 8, '\0');
  for (std::size_t bit = 0; bit < bits_max; ++bit)
    if (seen_[bit]) bytes[(bit & (size - 1)) / 8] |= static_cast<char>(1u << (bit % 8));
  return bytes;
}

bool may_contain(std::string_view filter, std::string_view text) {
  if (!std::has_single_bit(filter.size())) return true;
  const std::size_t mask = filter.size() * 8 - 1;
  for (std::size_t at = 0; at + 3 <= text.size(); ++at) {
    const std::size_t bit = hashed(text, at) & mask;
    if (!(static_cast<unsigned char>(filter[bit / 8]) & (1u << (bit % 8)))) return false;
  }
  return true;
}

}  // namespace tocsin::telemetry
