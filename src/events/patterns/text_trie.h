// What texts begin with: words by their bytes, each with what it stands for. Read from the other end, what they end with. The cost of a
// look is that of the bytes that any word shares with the text, however many words there are.
#pragma once

#include <bitset>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tocsin::events {

class TextTrie {
 public:
  enum class From { begin, end };
  explicit TextTrie(From from) : from_(from), nodes_(1) {}

  void add(std::string_view word, std::uint32_t meaning);
  void remove(std::string_view word, std::uint32_t meaning);
  bool empty() const { return word_count_ == 0; }

  /// Adds the meanings of all words that the text begins (or ends) with.
  void find(std::string_view text, std::vector<std::uint32_t>& meanings) const;

 private:
  using Place = std::uint32_t;
  struct Node {
    std::vector<std::uint32_t> meanings;
    std::uint32_t uses = 0;
  };
  unsigned char byte_at(std::string_view text, std::size_t n) const {
    return static_cast<unsigned char>(from_ == From::begin ? text[n] : text[text.size() - 1 - n]);
  }
  static std::uint64_t edge(Place place, unsigned char byte) { return std::uint64_t{place} << 8 | byte; }

  From from_;
  std::vector<Node> nodes_;
  std::vector<Place> free_;
  boost::unordered_flat_map<std::uint64_t, Place> edges_;
  std::bitset<256> first_bytes_;  ///< a byte too many only costs a look
  std::size_t word_count_ = 0;
};

}  // namespace tocsin::events
