// The seed of a run, printed when something fails and given back by TOCSIN_SEED.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tocsin::simulation {

/// TOCSIN_LONG=1: try much more.
bool long_run();
/// `count` seeds from `first` on, `long_count` with TOCSIN_LONG=1; with TOCSIN_SEED=n that one alone.
std::vector<std::uint64_t> seeds(std::uint64_t first, int count, int long_count);

/// What this process has taken from its heap and not given back.
std::size_t heap_bytes();

}  // namespace tocsin::simulation
