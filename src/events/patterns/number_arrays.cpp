#include "events/patterns/number_arrays.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace tocsin::events {

#if defined(__x86_64__)
namespace {

constexpr int block_bytes = 64, blocks_at_once = 4;

/// A bit for each byte of a block.
struct Masks {
  std::uint64_t digit, zero, dot, comma, minus, open, close;
};

inline std::uint64_t bits_of(__m128i a, __m128i b, __m128i c, __m128i d) {
  return static_cast<std::uint32_t>(_mm_movemask_epi8(a)) |
         static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(b))) << 16 |
         static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(c))) << 32 |
         static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(d))) << 48;
}

void classify_sse2(const char* at, int blocks, Masks* out) {
  const auto digit = [](__m128i bytes) {
    const __m128i value = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
    return _mm_cmpeq_epi8(_mm_min_epu8(value, _mm_set1_epi8(9)), value);
  };
  for (int n = 0; n < blocks; ++n, at += block_bytes) {
    const auto* const from = reinterpret_cast<const __m128i*>(at);
    const __m128i a = _mm_loadu_si128(from), b = _mm_loadu_si128(from + 1), c = _mm_loadu_si128(from + 2), d = _mm_loadu_si128(from + 3);
    const auto equal = [&](char wanted) {
      const __m128i all = _mm_set1_epi8(wanted);
      return bits_of(_mm_cmpeq_epi8(a, all), _mm_cmpeq_epi8(b, all), _mm_cmpeq_epi8(c, all), _mm_cmpeq_epi8(d, all));
    };
    out[n] = {bits_of(digit(a), digit(b), digit(c), digit(d)), equal('0'), equal('.'), equal(','), equal('-'), equal('['), equal(']')};
  }
}

[[gnu::target("avx2")]] inline std::uint64_t bits_of(__m256i low, __m256i high) {
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
         static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(high))) << 32;
}

[[gnu::target("avx2")]] inline std::uint64_t equal_to(__m256i low, __m256i high, char wanted) {
  const __m256i all = _mm256_set1_epi8(wanted);
  return bits_of(_mm256_cmpeq_epi8(low, all), _mm256_cmpeq_epi8(high, all));
}

[[gnu::target("avx2")]] inline std::uint64_t digits_of(__m256i low, __m256i high) {
  const __m256i zero = _mm256_set1_epi8('0'), nine = _mm256_set1_epi8(9);
  const __m256i low_value = _mm256_sub_epi8(low, zero), high_value = _mm256_sub_epi8(high, zero);
  return bits_of(_mm256_cmpeq_epi8(_mm256_min_epu8(low_value, nine), low_value),
                 _mm256_cmpeq_epi8(_mm256_min_epu8(high_value, nine), high_value));
}

[[gnu::target("avx2")]] void classify_avx2(const char* at, int blocks, Masks* out) {
  for (int n = 0; n < blocks; ++n, at += block_bytes) {
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + 32));
    out[n] = {digits_of(low, high),     equal_to(low, high, '0'), equal_to(low, high, '.'), equal_to(low, high, ','),
              equal_to(low, high, '-'), equal_to(low, high, '['), equal_to(low, high, ']')};
  }
}

using Classify = void (*)(const char*, int, Masks*);
const Classify best_classify = __builtin_cpu_supports("avx2") ? classify_avx2 : classify_sse2;

/// What goes before the first byte of a block. One bit each, in the lowest place.
struct Before {
  std::uint64_t digit = 0, dot = 0, comma = 0, minus = 0, open = 0, close = 0;
  std::uint64_t lone_zero = 0;  ///< a zero that begins a number
  std::uint64_t fraction = 0;   ///< a digit after a point

  void move_past(const Masks& m, std::uint64_t lone_zeros, std::uint64_t fractions) {
    digit = m.digit >> 63, dot = m.dot >> 63, comma = m.comma >> 63, minus = m.minus >> 63, open = m.open >> 63, close = m.close >> 63;
    lone_zero = lone_zeros >> 63, fraction = fractions >> 63;
  }
};

/// The digits of runs that begin right after a point, also of the one that began before the block.
std::uint64_t fraction_digits(std::uint64_t digit, std::uint64_t after_dot, std::uint64_t carried) {
  const std::uint64_t starts = (after_dot | carried) & digit;
  // a carry runs through the ones of each run that it starts in
  return digit & ((digit + starts) ^ digit);
}

/// Of a block's first `count` bytes, all of them in the array: whether each may stand after the one before it.
bool is_sound(const Masks& m, std::uint64_t inside, Before& before) {
  const std::uint64_t after_digit = m.digit << 1 | before.digit, after_dot = m.dot << 1 | before.dot,
                      after_comma = m.comma << 1 | before.comma;
  const std::uint64_t after_minus = m.minus << 1 | before.minus, after_open = m.open << 1 | before.open,
                      after_close = m.close << 1 | before.close;
  const std::uint64_t begins = after_comma | after_open;
  const std::uint64_t lone_zeros = m.zero & (begins | after_minus);
  const std::uint64_t after_lone_zero = lone_zeros << 1 | before.lone_zero;
  const std::uint64_t fractions = fraction_digits(m.digit, after_dot, before.fraction);
  const std::uint64_t after_fraction = fractions << 1 | before.fraction;
  std::uint64_t sound = m.digit & ~after_close & ~after_lone_zero;
  sound |= m.dot & after_digit & ~after_fraction;
  sound |= m.comma & (after_digit | after_close);
  sound |= m.minus & begins;
  sound |= m.open & begins;
  sound |= m.close & (after_digit | after_close | after_open);
  before.move_past(m, lone_zeros, fractions);
  return (inside & ~sound) == 0;
}

/// Where the last bracket closes, when it does in this block; 64 when it does not, -1 when it goes too deep.
int closes_at(const Masks& m, int& levels, int levels_max) {
  for (std::uint64_t brackets = m.open | m.close; brackets != 0; brackets &= brackets - 1) {
    const int at = std::countr_zero(brackets);
    if (m.open >> at & 1) {
      if (++levels > levels_max) return -1;
    } else if (--levels == 0) {
      return at;
    }
  }
  return block_bytes;
}

const char* scan(Classify classify, const char* at, const char* end, int levels_max, const char*& stopped) {
  Masks masks[blocks_at_once];
  Before before{.comma = 1};  // an array may begin here
  int levels = 0, blocks_max = 1;
  while (at < end) {
    char last[block_bytes];
    int blocks = static_cast<int>(std::min<std::ptrdiff_t>((end - at) / block_bytes, blocks_max));
    blocks_max = blocks_at_once;  // once it goes well
    const char* from = at;
    if (blocks == 0) {
      std::memset(last, 0, sizeof last);
      std::memcpy(last, at, static_cast<std::size_t>(end - at));
      from = last;
      blocks = 1;
    }
    classify(from, blocks, masks);
    for (int n = 0; n < blocks; ++n, at += block_bytes) {
      stopped = std::min(at + block_bytes, end);
      const int closing = closes_at(masks[n], levels, levels_max);
      if (closing < 0) return nullptr;
      const std::uint64_t inside = closing >= 63 ? ~std::uint64_t{0} : (std::uint64_t{2} << closing) - 1;
      if (!is_sound(masks[n], inside, before)) return nullptr;
      if (closing < block_bytes) return at + closing + 1;
    }
  }
  return nullptr;
}

}  // namespace

const char* after_number_array(const char* at, const char* end, int levels_max, const char*& stopped) {
  return scan(best_classify, at, end, levels_max, stopped);
}

const char* after_number_array_sse2(const char* at, const char* end, int levels_max, const char*& stopped) {
  return scan(classify_sse2, at, end, levels_max, stopped);
}

#else

const char* after_number_array(const char*, const char* end, int, const char*& stopped) { return stopped = end, nullptr; }
const char* after_number_array_sse2(const char*, const char* end, int, const char*& stopped) { return stopped = end, nullptr; }

#endif

}  // namespace tocsin::events
