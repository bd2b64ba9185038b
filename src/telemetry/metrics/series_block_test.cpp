#include "telemetry/metrics/series_block.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "telemetry/metrics/group_names.h"

namespace tocsin::telemetry {
namespace {

TEST(SeriesBlock, GivesEachMemberItsBytes) {
  const std::string block = encode_series_block({{0, "zero"}, {5, ""}, {9, "nine"}, {63, "last"}});
  EXPECT_EQ(find_in_block(block, 0), "zero");
  EXPECT_EQ(find_in_block(block, 9), "nine");
  EXPECT_EQ(find_in_block(block, 63), "last");
  EXPECT_EQ(find_in_block(block, 5), "");
  EXPECT_EQ(find_in_block(block, 8), "");
  const auto parts = parts_of_block(block);
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->size(), 4u);
  EXPECT_EQ((*parts)[3].bytes, "last");
}

TEST(SeriesBlock, KeepsTheNamesOfAGroup) {
  MemberKeys keys;
  std::vector<std::int64_t> seen;
  for (int i = 0; i < 64; ++i) {
    keys.emplace_back(static_cast<Member>(i), "000000000000\x01us-east-1\x01Prometheus\x01requests_" + std::to_string(i % 20) +
                                                  "\x01host\x01host-" + std::to_string(i / 20) +
                                                  "\x01job\x01"
                                                  "bench\x01" +
                                                  std::string(1, '\0') + "None");
    seen.push_back(1'795'000'000 + i % 3);
  }
  const std::string names = encode_names(keys);
  EXPECT_LT(names.size(), 64u * 10);
  MemberKeys again;
  ASSERT_TRUE(decode_names(names, again));
  EXPECT_EQ(again, keys);
  std::vector<std::int64_t> seen_again;
  ASSERT_TRUE(decode_seen(encode_seen(seen), 64, seen_again));
  EXPECT_EQ(seen_again, seen);
}

TEST(SeriesBlockFuzz, DamagedBytesAreAnErrorOrABlock) {
  SeededRandom random(8);
  const std::string whole = encode_series_block({{0, "zero"}, {5, "five"}, {9, std::string(200, 'x')}, {63, "last"}});
  const std::string names = encode_names({{1, "one"}, {2, "two"}});
  for (int round = 0; round < 20'000; ++round) {
    for (const std::string* each : {&whole, &names}) {
      std::string bytes = each->substr(0, random.below(each->size() + 1));
      for (std::uint64_t i = random.below(4); i > 0 && !bytes.empty(); --i)
        bytes[random.below(bytes.size())] = static_cast<char>(random.next());
      parts_of_block(bytes);
      find_in_block(bytes, 9);
      MemberKeys keys;
      decode_names(bytes, keys);
    }
  }
}

}  // namespace
}  // namespace tocsin::telemetry
