#include "access/failed_attempts/failed_attempts.h"

#include <gtest/gtest.h>

namespace tocsin::access {
namespace {

using namespace std::chrono_literals;

struct World {
  FailedAttempts attempts;
  Instant now = instant_from_ms(1'795'500'000'000);
  FailedAttempts::Noted fail(std::string_view address, int times = 1) {
    FailedAttempts::Noted last;
    for (int i = 0; i < times; ++i) last = attempts.note(address, now);
    return last;
  }
};

TEST(FailedAttempts, TenAreFreeThenEachWaitsLonger) {
  World world;
  EXPECT_EQ(world.fail("192.0.2.1", 10).hold_back, 0ms);
  EXPECT_EQ(world.fail("192.0.2.1").hold_back, 100ms);
  EXPECT_EQ(world.fail("192.0.2.1").hold_back, 200ms);
  EXPECT_EQ(world.fail("192.0.2.1", 20).hold_back, 5s);
  EXPECT_EQ(world.fail("192.0.2.2").hold_back, 0ms) << "another has done nothing";
}

TEST(FailedAttempts, AreForgivenWithTime) {
  World world;
  world.fail("192.0.2.1", 20);
  world.now += 1min;
  EXPECT_EQ(world.fail("192.0.2.1").hold_back, 100ms);
  world.now += 30min;
  EXPECT_EQ(world.fail("192.0.2.1").hold_back, 0ms);
}

TEST(FailedAttempts, AFloodIsNotRecordedOneByOne) {
  World world;
  EXPECT_TRUE(world.fail("192.0.2.1", 100).is_worth_a_record);
  EXPECT_FALSE(world.fail("192.0.2.1").is_worth_a_record);
}

TEST(FailedAttempts, ANetworkOfIPv6CountsAsOne) {
  World world;
  world.fail("2001:db8:0:1::1", 10);
  EXPECT_GT(world.fail("2001:db8:0:1:ffff::2").hold_back, 0ms);
  EXPECT_EQ(world.fail("2001:db8:0:2::1").hold_back, 0ms);
  EXPECT_EQ(network_of("10.1.2.3"), "10.1.2.3");
}

TEST(FailedAttempts, ManyAddressesAreHeldInBoundedMemory) {
  World world;
  world.fail("192.0.2.1", 11);
  for (int i = 0; i < 10'000; ++i) world.fail("10.0." + std::to_string(i / 256) + '.' + std::to_string(i % 256));
  EXPECT_EQ(world.attempts.address_count(), FailedAttempts::addresses_max);
  EXPECT_EQ(world.fail("192.0.2.1").hold_back, 0ms) << "forgotten, as the one that failed longest ago";
}

}  // namespace
}  // namespace tocsin::access
