// In an answer: a list of many timestamps or doubles as one string of the document, eight bytes a number in the machine's order: as a tree a day of a
// series would be thousands of nodes, made and freed for each answer. The wire codecs, who know from the model that it is a list, write it
// out; who calls an operation inside the server gets the list (wire/aws/packed_lists.h).
#pragma once

#include <boost/json/string.hpp>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tocsin {

/// Writes numbers one after another; each place is to be set once.
class NumberPacker {
 public:
  explicit NumberPacker(std::size_t count) { bytes_.resize(count * width); }
  void set(std::size_t place, std::int64_t number) { std::memcpy(bytes_.data() + place * width, &number, width); }
  void set(std::size_t place, double number) { std::memcpy(bytes_.data() + place * width, &number, width); }
  boost::json::string take() { return std::move(bytes_); }

 private:
  static constexpr std::size_t width = 8;
  boost::json::string bytes_;
};

/// Reads what was packed; `bytes` outlive it.
class PackedNumbers {
 public:
  explicit PackedNumbers(std::string_view bytes) : bytes_(bytes) {}
  std::size_t size() const { return bytes_.size() / 8; }
  std::int64_t integer(std::size_t place) const { return read<std::int64_t>(place); }
  double real(std::size_t place) const { return read<double>(place); }

 private:
  template <typename Number>
  Number read(std::size_t place) const {
    Number number;
    std::memcpy(&number, bytes_.data() + place * 8, 8);
    return number;
  }
  std::string_view bytes_;
};

}  // namespace tocsin
