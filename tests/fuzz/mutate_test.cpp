#include "fuzz/mutate.h"

#include <gtest/gtest.h>

#include <set>

namespace tocsin::fuzz {
namespace {

std::vector<std::string> inputs_of(std::uint64_t seed) {
  std::vector<std::string> seen;
  mutate(
      {"hello world", "{\"a\": 1}"}, 500, [&](std::string_view input) { seen.emplace_back(input); }, seed);
  return seen;
}

TEST(Mutate, GivesSeedsFirstThenDamagedOnes) {
  const auto seen = inputs_of(1);
  ASSERT_EQ(seen.size(), 502u);
  EXPECT_EQ(seen[0], "hello world");
  EXPECT_GT(std::set(seen.begin(), seen.end()).size(), 400u);
}

TEST(Mutate, IsRepeatedFromItsSeed) {
  EXPECT_EQ(inputs_of(7), inputs_of(7));
  EXPECT_NE(inputs_of(7), inputs_of(8));
}

}  // namespace
}  // namespace tocsin::fuzz
