// A mutating fuzz driver for GCC, which has no libFuzzer: takes good inputs, damages them in seeded ways, and hands each to the code under
// test. Strategy: per input one to eight damages (flip, insert, delete, copy, splice with another seed, a nasty number or token, truncate);
// now and then pure noise. Invariant that the caller holds: `fn` neither crashes nor hangs, whatever the bytes; run it in the asan preset
// too.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::fuzz {

/// Calls `fn` with each seed input as it is, then with `count` damaged ones (or TOCSIN_FUZZ_INPUTS, see input_count.h). The same arguments give the same bytes on every machine. When
/// `fn` crashes, the number of the input can be found by setting TOCSIN_FUZZ_PRINT=1, which prints each input (escaped) to stderr before it
/// runs.
void mutate(const std::vector<std::string>& seed_inputs, int count, const std::function<void(std::string_view)>& fn,
            std::uint64_t seed = 1);

/// The same, with tokens of the language under test ("{", "\"", "AND", "\xff\xff") that are inserted more often than chance would.
void mutate(const std::vector<std::string>& seed_inputs, const std::vector<std::string>& tokens, int count,
            const std::function<void(std::string_view)>& fn, std::uint64_t seed = 1);

}  // namespace tocsin::fuzz
