// Which whole words occur in a block's messages: tells for sure that one does not occur, else "maybe". A word is a run of letters, digits,
// "_" and what is not ASCII, of six bytes at least, as it is written. Nine bits a word.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::telemetry {

inline constexpr std::size_t filter_word_bytes_min = 6;

class WordFilter {
 public:
  void add(std::string_view message);
  std::string encode();

 private:
  std::vector<std::uint64_t> hashes_;
  std::vector<std::uint64_t> recent_ = std::vector<std::uint64_t>(4096);
};

/// The words that stand in every message in which `text` stands: those within it, and with `whole` those at its ends too.
std::vector<std::string_view> words_within(std::string_view text, bool whole);
/// True when `filter` (what encode gave) cannot exclude the word.
bool may_have_word(std::string_view filter, std::string_view word);

}  // namespace tocsin::telemetry
