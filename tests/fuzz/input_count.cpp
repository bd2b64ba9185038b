#include "fuzz/input_count.h"

#include <cstdlib>

namespace tocsin::fuzz {

int input_count(int count) {
  const char* text = std::getenv("TOCSIN_FUZZ_INPUTS");
  const long wanted = text ? std::strtol(text, nullptr, 10) : 0;
  return wanted > 0 ? static_cast<int>(wanted) : count;
}

}  // namespace tocsin::fuzz
