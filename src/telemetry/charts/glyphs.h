// The one font of charts, as pixels: so that drawing needs no font on the machine.
#pragma once

#include <string_view>

namespace tocsin::telemetry {

inline constexpr int glyph_width_px = 7, glyph_height_px = 14;

/// How much of the pixel the character covers, 0 to 15. What is not printable ASCII is "?".
int glyph_coverage(char character, int x, int y);

}  // namespace tocsin::telemetry
