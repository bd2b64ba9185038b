// Passing over arrays of numbers and of such arrays (the coordinates of a map's features), sixty-four bytes at a time, yet checked to be
// JSON. Pure.
#pragma once

namespace tocsin::events {

/// From the opening bracket of an array to after its closing one, when all in it are numbers without exponents and arrays of them, without
/// blanks, at most `levels_max` deep. Null in every other case, also when it is no JSON: then `stopped` tells how far it was looked at, and
/// that nothing from here to there need be tried again.
const char* after_number_array(const char* at, const char* end, int levels_max, const char*& stopped);
/// The same for processors without AVX2.
const char* after_number_array_sse2(const char* at, const char* end, int levels_max, const char*& stopped);

}  // namespace tocsin::events
