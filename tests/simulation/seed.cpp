#include "simulation/seed.h"

#include <malloc.h>

#include <cstdlib>
#include <string>

namespace tocsin::simulation {

bool long_run() {
  const char* text = std::getenv("TOCSIN_LONG");
  return text && *text && std::string(text) != "0";
}

std::vector<std::uint64_t> seeds(std::uint64_t first, int count, int long_count) {
  if (const char* text = std::getenv("TOCSIN_SEED")) return {std::strtoull(text, nullptr, 10)};
  std::vector<std::uint64_t> all;
  for (int i = 0; i < (long_run() ? long_count : count); ++i) all.push_back(first + static_cast<std::uint64_t>(i));
  return all;
}

std::size_t heap_bytes() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

}  // namespace tocsin::simulation
