// What is passed over is JSON to a reader that knows nothing of blocks; what is plain is passed over; both ways of looking agree.
#include "events/patterns/number_arrays.h"

#include <gtest/gtest.h>

#include "base/document.h"
#include "base/random.h"
#include "fuzz/input_count.h"
#include "fuzz/mutate.h"

namespace tocsin::events {
namespace {

constexpr int levels_max = 64;

/// How many bytes are passed over; 0 when it is left to others.
std::size_t passed(std::string_view text, int levels = levels_max) {
  const char* stopped = nullptr;
  const char* const end = text.data() + text.size();
  const char* const after = after_number_array(text.data(), end, levels, stopped);
  const char* stopped_too = nullptr;
  EXPECT_EQ(after_number_array_sse2(text.data(), end, levels, stopped_too), after);
  EXPECT_LE(stopped, end);
  return after ? static_cast<std::size_t>(after - text.data()) : 0;
}

TEST(NumberArrays, PlainOnesArePassedOver) {
  for (const std::string_view text :
       {"[]", "[1]", "[0]", "[-0.5,0,10.25]", "[[1,2],[3,-4.5]]", "[[],[[]]]", "[0.0]", "[-122.422003528252475,37.808480096967251]"})
    for (const std::size_t padding : {0u, 1u, 63u, 64u, 200u}) {
      const std::string whole = std::string(text) + std::string(padding, '}');
      EXPECT_EQ(passed(whole), text.size()) << whole;
    }
}

TEST(NumberArrays, WhatIsNotPlainIsLeftToOthers) {
  for (const std::string_view text :
       {"[",     "[1",    "[01]",  "[-01]", "[1.]",    "[.5]",     "[-]",      "[1,]",  "[,1]", "[1,,2]", "[1][",   "[[1]2]", "[1.2.3]",
        "[1-2]", "[--1]", "[1e3]", "[ 1]",  "[\"a\"]", "[[1][2]]", "[1,[2]3]", "[-.5]", "[00]", "[1.5.]", "[true]", "[1}"})
    EXPECT_TRUE(passed(text) == 0 || passed(text) == 3) << text;
  EXPECT_EQ(passed("[[[1]]]", 2), 0u) << "too deep";
  EXPECT_EQ(passed("[[[1]]]", 3), 7u);
}

std::string random_array(Random& random, int levels) {
  std::string out = "[";
  const auto count = random.below(6);
  for (std::uint64_t n = 0; n < count; ++n) {
    if (n) out += ',';
    if (levels > 1 && random.below(3) == 0) {
      out += random_array(random, levels - 1);
      continue;
    }
    if (random.below(2)) out += '-';
    out += random.below(4) == 0 ? "0" : std::to_string(1 + random.below(1'000'000'000));
    if (random.below(2)) out += '.' + std::to_string(random.below(1'000'000'000'000));
  }
  return out + ']';
}

TEST(NumberArrays, RandomOnesOfEveryLength) {
  SeededRandom random(7);
  for (int n = 0; n < fuzz::input_count(20'000); ++n) {
    const std::string text = random_array(random, 5);
    EXPECT_EQ(passed(text), text.size()) << text;
    EXPECT_EQ(passed(text + ",\"k\":[1,2]}"), text.size()) << text;
  }
}

TEST(NumberArrays, DamagedOnesAreNeverTakenForJson) {
  SeededRandom random(8);
  std::vector<std::string> seeds;
  while (seeds.size() < 50) seeds.push_back(random_array(random, 4));
  fuzz::mutate(seeds, {"[", "]", ",", ".", "-", "0", "00", "1", "],[", "e1", " "}, 100'000, [](std::string_view text) {
    if (text.empty() || text[0] != '[') return;
    const std::size_t length = passed(text);
    if (length == 0) return;
    EXPECT_TRUE(parse_json(text.substr(0, length))) << text.substr(0, length);
  });
}

}  // namespace
}  // namespace tocsin::events
