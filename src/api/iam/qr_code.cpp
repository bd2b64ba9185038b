#include "api/iam/qr_code.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

namespace tocsin::api::iam {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// Of each version with error correction L: blocks and their sizes. ISO/IEC 18004, table 9.
struct Version {
  int correction;  ///< codewords of correction in a block
  int blocks, data;
  int more_blocks, more_data;
  std::array<int, 3> alignment;
};
constexpr std::array<Version, 10> versions{{{7, 1, 19, 0, 0, {}},
                                            {10, 1, 34, 0, 0, {6, 18, 0}},
                                            {15, 1, 55, 0, 0, {6, 22, 0}},
                                            {20, 1, 80, 0, 0, {6, 26, 0}},
                                            {26, 1, 108, 0, 0, {6, 30, 0}},
                                            {18, 2, 68, 0, 0, {6, 34, 0}},
                                            {20, 2, 78, 0, 0, {6, 22, 38}},
                                            {24, 2, 97, 0, 0, {6, 24, 42}},
                                            {30, 2, 116, 0, 0, {6, 26, 46}},
                                            {18, 2, 68, 2, 69, {6, 28, 50}}}};

int data_codewords(const Version& version) { return version.blocks * version.data + version.more_blocks * version.more_data; }

/// Multiplication in GF(256) with the polynomial 0x11d.
std::uint8_t product(std::uint8_t a, std::uint8_t b) {
  int out = 0;
  for (int bit = 7; bit >= 0; --bit) {
    out = (out << 1) ^ ((out >> 7) * 0x11d);
    out ^= ((b >> bit) & 1) * a;
  }
  return static_cast<std::uint8_t>(out);
}

Bytes correction_of(const Bytes& data, int count) {
  Bytes divisor(static_cast<std::size_t>(count), 0);
  divisor.back() = 1;
  std::uint8_t root = 1;
  for (int i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < divisor.size(); ++j)
      divisor[j] = static_cast<std::uint8_t>(product(divisor[j], root) ^ (j + 1 < divisor.size() ? divisor[j + 1] : 0));
    root = product(root, 2);
  }
  Bytes rest(static_cast<std::size_t>(count), 0);
  for (const std::uint8_t byte : data) {
    const std::uint8_t factor = byte ^ rest.front();
    rest.erase(rest.begin());
    rest.push_back(0);
    for (std::size_t j = 0; j < rest.size(); ++j) rest[j] ^= product(divisor[j], factor);
  }
  return rest;
}

class Bits {
 public:
  void add(unsigned value, int count) {
    for (int i = count - 1; i >= 0; --i) bits_.push_back((value >> i & 1) != 0);
  }
  std::size_t size() const { return bits_.size(); }
  Bytes bytes() const {
    Bytes out(bits_.size() / 8, 0);
    for (std::size_t i = 0; i < out.size() * 8; ++i) out[i / 8] = static_cast<std::uint8_t>(out[i / 8] | (bits_[i] ? 128 >> i % 8 : 0));
    return out;
  }

 private:
  std::vector<bool> bits_;
};

Bytes data_of(std::string_view text, int version, int capacity) {
  Bits bits;
  bits.add(4, 4);
  bits.add(static_cast<unsigned>(text.size()), version < 10 ? 8 : 16);
  for (const unsigned char byte : text) bits.add(byte, 8);
  const std::size_t whole = static_cast<std::size_t>(capacity) * 8;
  bits.add(0, static_cast<int>(std::min<std::size_t>(4, whole - bits.size())));
  while (bits.size() % 8 != 0) bits.add(0, 1);
  for (unsigned pad = 0xec; bits.size() < whole; pad ^= 0xec ^ 0x11) bits.add(pad, 8);
  return bits.bytes();
}

/// The blocks' codewords in turn, data first.
Bytes interleaved(const Bytes& data, const Version& version) {
  std::vector<Bytes> blocks, corrections;
  auto at = data.begin();
  for (int i = 0; i < version.blocks + version.more_blocks; ++i) {
    const int size = i < version.blocks ? version.data : version.more_data;
    blocks.emplace_back(at, at + size);
    at += size;
    corrections.push_back(correction_of(blocks.back(), version.correction));
  }
  Bytes out;
  for (const auto* parts : {&blocks, &corrections})
    for (std::size_t i = 0; i < parts->back().size(); ++i)
      for (const Bytes& block : *parts)
        if (i < block.size()) out.push_back(block[i]);
  return out;
}

class Square {
 public:
  explicit Square(int version) : size_(17 + 4 * version), dark_(cells()), fixed_(cells()) {
    draw_finders();
    draw_alignment(versions[static_cast<std::size_t>(version - 1)]);
    for (int i = 0; i < size_; ++i)
      for (const bool across : {false, true})
        if (across ? !fixed_[6][at(i)] : !fixed_[at(i)][6]) set(across ? i : 6, across ? 6 : i, i % 2 == 0);
    draw_format();
    if (version >= 7) draw_version(version);
  }

  /// In pairs of columns from the right, up and down in turn; mask 0 over all that is not fixed.
  void draw_data(const Bytes& codewords) {
    std::size_t bit = 0;
    for (int right = size_ - 1; right >= 1; right -= 2) {
      if (right == 6) right = 5;
      for (int step = 0; step < size_; ++step)
        for (int x = right; x > right - 2; --x) {
          const bool upward = ((right + 1) & 2) == 0;
          const int y = upward ? size_ - 1 - step : step;
          if (fixed_[at(y)][at(x)]) continue;
          const bool on = bit < codewords.size() * 8 && (codewords[bit / 8] >> (7 - bit % 8) & 1) != 0;
          ++bit;
          dark_[at(y)][at(x)] = on != ((x + y) % 2 == 0);
        }
    }
  }

  std::vector<std::vector<bool>> take() { return std::move(dark_); }

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  std::vector<std::vector<bool>> cells() const { return std::vector(at(size_), std::vector<bool>(at(size_), false)); }

  void set(int x, int y, bool dark) {
    if (x < 0 || y < 0 || x >= size_ || y >= size_) return;
    dark_[at(y)][at(x)] = dark;
    fixed_[at(y)][at(x)] = true;
  }

  void draw_finders() {
    for (const auto& [cx, cy] : {std::pair{3, 3}, std::pair{size_ - 4, 3}, std::pair{3, size_ - 4}})
      for (int dy = -4; dy <= 4; ++dy)
        for (int dx = -4; dx <= 4; ++dx) {
          const int ring = std::max(std::abs(dx), std::abs(dy));
          set(cx + dx, cy + dy, ring != 2 && ring != 4);
        }
  }

  void draw_alignment(const Version& version) {
    for (const int cy : version.alignment)
      for (const int cx : version.alignment) {
        if (cx == 0 || cy == 0 || fixed_[at(cy)][at(cx)]) continue;
        for (int dy = -2; dy <= 2; ++dy)
          for (int dx = -2; dx <= 2; ++dx) set(cx + dx, cy + dy, std::max(std::abs(dx), std::abs(dy)) != 1);
      }
  }

  // error correction L with mask 0: BCH(15,5), masked
  void draw_format() {
    constexpr unsigned bits = 0x77c4;
    const auto on = [](int i) { return (bits >> i & 1) != 0; };
    for (int i = 0; i <= 5; ++i) set(8, i, on(i));
    set(8, 7, on(6));
    set(8, 8, on(7));
    set(7, 8, on(8));
    for (int i = 9; i < 15; ++i) set(14 - i, 8, on(i));
    for (int i = 0; i < 8; ++i) set(size_ - 1 - i, 8, on(i));
    for (int i = 8; i < 15; ++i) set(8, size_ - 15 + i, on(i));
    set(8, size_ - 8, true);
  }

  void draw_version(int version) {
    int rest = version;
    for (int i = 0; i < 12; ++i) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25);
    const int bits = version << 12 | rest;
    for (int i = 0; i < 18; ++i) {
      const int far = size_ - 11 + i % 3, near = i / 3;
      set(far, near, (bits >> i & 1) != 0);
      set(near, far, (bits >> i & 1) != 0);
    }
  }

  int size_;
  std::vector<std::vector<bool>> dark_, fixed_;
};

std::string big_endian(std::uint32_t value) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
  return out;
}

std::string chunk(const std::string& name, const std::string& content) {
  const std::string body = name + content;
  const auto sum = crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  return big_endian(static_cast<std::uint32_t>(content.size())) + body + big_endian(static_cast<std::uint32_t>(sum));
}

std::string deflated(const std::string& bytes) {
  uLongf size = compressBound(bytes.size());
  std::string out(size, '\0');
  compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size(), Z_BEST_COMPRESSION);
  out.resize(size);
  return out;
}

}  // namespace

std::vector<std::vector<bool>> qr_code(std::string_view text) {
  for (int number = 1; number <= 10; ++number) {
    const Version& version = versions[static_cast<std::size_t>(number - 1)];
    const int overhead = number < 10 ? 2 : 3;
    if (static_cast<int>(text.size()) > data_codewords(version) - overhead) continue;
    Square square(number);
    square.draw_data(interleaved(data_of(text, number, data_codewords(version)), version));
    return square.take();
  }
  return {};
}

// https://www.w3.org/TR/png/: grey, one bit a pixel
std::string qr_code_png(std::string_view text) {
  constexpr std::size_t scale = 4, quiet = 4;
  const auto modules = qr_code(text);
  if (modules.empty()) return {};
  const std::size_t width = (modules.size() + 2 * quiet) * scale;
  std::string pixels;
  for (std::size_t y = 0; y < width; ++y) {
    std::string row((width + 7) / 8, '\xff');
    for (std::size_t x = 0; x < width; ++x) {
      const std::size_t column = x / scale - quiet, line = y / scale - quiet;
      if (column < modules.size() && line < modules.size() && modules[line][column])
        row[x / 8] = static_cast<char>(row[x / 8] & ~(128 >> x % 8));
    }
    pixels += '\0' + row;
  }
  const std::string head = big_endian(static_cast<std::uint32_t>(width)) + big_endian(static_cast<std::uint32_t>(width)) +
                           std::string("\x01\x00\x00\x00\x00", 5);
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", head) + chunk("IDAT", deflated(pixels)) + chunk("IEND", "");
}

}  // namespace tocsin::api::iam
