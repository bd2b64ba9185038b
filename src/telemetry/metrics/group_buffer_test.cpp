#include "telemetry/metrics/group_buffer.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace tocsin::telemetry {
namespace {

using Point = std::pair<std::int64_t, double>;

std::vector<Point> read(GroupBuffer& buffer, Member member, std::uint8_t tier, std::int64_t from_s, std::int64_t to_s) {
  std::vector<Point> found;
  struct Visit {
    std::vector<Point>& found;
    void operator()(std::int64_t time_s, double value) { found.emplace_back(time_s, value); }
    void operator()(std::int64_t time_s, const Aggregate& aggregate) { found.emplace_back(time_s, aggregate.sum); }
  };
  buffer.visit(member, tier, from_s, to_s, Visit{found});
  return found;
}

// what is read is sorted by member now and then: who reads sees nothing of it
TEST(GroupBuffer, GivesEachMemberItsPointsInTheOrderOfArrival) {
  SeededRandom random(7);
  GroupBuffer buffer;
  std::array<std::vector<Point>, group_size> expected;
  std::size_t bytes = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto member = static_cast<Member>(random.next() % group_size);
    const auto time_s = static_cast<std::int64_t>(1'795'348'800 + random.next() % 5'000);
    buffer.add(member, time_s, true, i);
    expected[member].emplace_back(time_s, i);
    bytes = buffer.bytes();
    if (i % 97 == 0) {
      const auto asked = static_cast<Member>(random.next() % group_size);
      EXPECT_EQ(read(buffer, asked, 0, 0, 2'000'000'000), expected[asked]);
      // the store counts them by their room
      EXPECT_EQ(buffer.bytes(), bytes);
    }
  }
  const auto runs = buffer.runs();
  EXPECT_EQ(runs.begin()->second.size(), group_size);
  buffer.clear();
  EXPECT_TRUE(read(buffer, 0, 0, 0, 2'000'000'000).empty());
  EXPECT_EQ(buffer.bytes(), 0u);
}

}  // namespace
}  // namespace tocsin::telemetry
