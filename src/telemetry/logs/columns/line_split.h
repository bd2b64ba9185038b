// A line as the text that lines like it share and the parts (slots) in which they differ: a JSON object by its values, any other text by
// its words with digits and what stands behind "=". Pure; no line is refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::telemetry {

enum class SlotKind : std::uint8_t {
  text,     ///< a part of a text
  string,   ///< between the quotes of a JSON string without escapes
  escaped,  ///< the same with escapes, as written
  literal   ///< a JSON number, true, false or null
};

struct LineSlot {
  std::uint32_t begin = 0, size = 0;
  SlotKind kind = SlotKind::text;
};

/// What is known of the fields that a query discovers in a line.
enum class LineKind : std::uint8_t {
  json,    ///< an object: its fields are its slots and no others, if its key says so (json_paths)
  plain,   ///< it has none
  unknown  ///< they must be looked for in the message
};

/// Slots of one line at most; a line with more is one slot.
inline constexpr std::size_t line_slots_max = 64;

/// A JSON object in which every value is certain to be valid. Whether its structure is valid is the same for all lines with one key.
bool split_json(std::string_view line, std::vector<LineSlot>& slots);
void split_text(std::string_view text, std::vector<LineSlot>& slots);
/// The dotted path of each slot that split_json gave; nothing when it is no valid object, or when a name in it is empty, has a dot, is
/// escaped or occurs twice.
std::optional<std::vector<std::string>> json_paths(std::string_view line);

/// Whether a line that is no JSON object may have discovered fields: a brace, or the beginning of a line of Lambda, of flow or DNS records.
bool may_have_fields(std::string_view line);

}  // namespace tocsin::telemetry
