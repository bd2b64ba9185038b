// Which three-byte pieces occur in a block's messages, ASCII letters in lower case: tells for sure that a text does not occur, else
// "maybe".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tocsin::telemetry {

class TrigramFilter {
 public:
  void add(std::string_view message);
  /// A power of two bytes, 8 KiB at most, shorter for few distinct pieces.
  std::string encode() const;

 private:
  std::vector<char> seen_ = std::vector<char>(1u << 16);  ///< a byte each: set without reading
};

/// True when `filter` (what encode gave) cannot exclude that `text` occurs in any case. Texts shorter than three bytes may always occur.
bool may_contain(std::string_view filter, std::string_view text);

}  // namespace tocsin::telemetry
