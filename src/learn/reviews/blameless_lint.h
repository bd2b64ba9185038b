// Flags words that look for somebody to blame, and says what to ask instead. Warns, never blocks. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tocsin::reviews {

struct LintHint {
  std::size_t offset;  ///< bytes
  std::size_t length;
  std::string words;  ///< as written
  std::string advice;
};

/// `people`: names and aliases; one that stands near words of cause ("because", "caused by", "fault") is flagged. Hints in the order of the
/// text.
std::vector<LintHint> blameless_lint(std::string_view text, const std::vector<std::string>& people = {});

}  // namespace tocsin::reviews
