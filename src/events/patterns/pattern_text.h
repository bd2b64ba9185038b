// The JSON text of a pattern as a tree that remembers where each token stands, since refusals name a line and a column.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace tocsin::events {

/// Where the reader stood when it had seen a token: just after it, or after the opening quote of a text.
struct TextPosition {
  int line = 1;
  int column = 1;
  bool operator==(const TextPosition&) const = default;
};

struct PatternNode {
  enum class Kind { null, truth, number, text, array, object };
  Kind kind = Kind::null;
  bool truth = false;
  double number = 0;
  std::string text;  ///< of a text; of a number, as it was written
  std::vector<PatternNode> elements;
  std::vector<std::pair<std::string, PatternNode>> members;  ///< in order; of duplicate keys the last won
  TextPosition at;                                           ///< just after the token; of a text, after its opening quote
  TextPosition end;                                          ///< just after the whole value

  const PatternNode* find(std::string_view key) const;
};

/// Reads one JSON value, at most 64 levels deep; what follows it is not looked at. The error's message ends with its position
/// (position_words).
Result<PatternNode> read_pattern_text(std::string_view text);

/// `reason\n at [Source: (String)"…"; line: L, column: C]`
std::string with_position(std::string_view reason, std::string_view text, TextPosition at);

}  // namespace tocsin::events
