#include "telemetry/metrics/chunk.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "fuzz/input_count.h"

namespace tocsin::telemetry {
namespace {

constexpr std::int64_t slot_s = 1'795'000'000;

Chunk random_chunk(SeededRandom& random) {
  Chunk chunk;
  const std::uint64_t points = random.below(300);
  const std::uint64_t kinds = 1 + random.below(3);
  for (std::uint64_t i = 0; i < points; ++i) {
    Aggregate& aggregate = chunk.at(slot_s + static_cast<std::int64_t>(random.below(20)) * 60);
    switch (random.below(kinds)) {
      case 0:
        aggregate.add(random.unit() * 1000 - 10);
        break;
      case 1:
        aggregate.add(static_cast<double>(random.below(3)));
        break;
      default:
        aggregate.add(StatisticSet{5, 20.25, 1.5, 9});
    }
  }
  return chunk;
}

TEST(Chunk, ReadsBackWhatItWrote) {
  SeededRandom random(1);
  for (int round = 0; round < 300; ++round) {
    const Chunk chunk = random_chunk(random);
    const auto again = Chunk::decode(chunk.encode(slot_s), slot_s);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(*again, chunk);
  }
}

TEST(Chunk, OfAGaugeTakesAFewBytesAPeriod) {
  Chunk chunk;
  for (int i = 0; i < 120; ++i) chunk.at(slot_s + i * 60).add(static_cast<double>(40 + i % 7));
  EXPECT_LT(chunk.encode(slot_s).size(), 120u * 9);
}

TEST(ChunkFuzz, DamagedBytesAreAnErrorOrAChunk) {
  SeededRandom random(2);
  for (int round = 0; round < fuzz::input_count(4000); ++round) {
    std::string bytes = random_chunk(random).encode(slot_s).substr(0, 400);
    if (bytes.empty()) continue;
    for (std::uint64_t i = random.below(4); i > 0; --i) bytes[random.below(bytes.size())] = static_cast<char>(random.next());
    const auto chunk = Chunk::decode(bytes, slot_s);
    if (chunk) chunk->encode(slot_s);
  }
}

}  // namespace
}  // namespace tocsin::telemetry
