#include "access/single_use_tokens/single_use_tokens.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::access {
namespace {

struct World {
  ManualClock clock{instant_from_ms(1'760'000'000'000)};
  SimulatedExecutor executor{clock};
  SeededRandom random{5};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  SingleUseTokens tokens{state, random};

  World() { EXPECT_TRUE(tokens.migrate()); }
  bool in_unit(std::function<Result<void>()> work) {
    bool kept = false;
    state.submit([&] { return work(); }, [&](Result<void> result) { kept = result.has_value(); });
    executor.run_ready();
    return kept;
  }
  std::string make(Duration lifetime) {
    std::string token;
    in_unit([&]() -> Result<void> {
      token = tokens.create({"page", "engagement-1", Object{{"answer", "ack"}}, clock.now() + lifetime});
      return {};
    });
    return token;
  }
};

TEST(SingleUseToken, WorksOnceForItsPurpose) {
  World world;
  const std::string token = world.make(std::chrono::hours(1));
  world.in_unit([&]() -> Result<void> {
    EXPECT_EQ(world.tokens.peek("page", token)->subject, "engagement-1");
    EXPECT_EQ(world.tokens.redeem("session", token).error().reason, "UnknownToken");
    EXPECT_EQ(text_or(world.tokens.redeem("page", token)->content, "answer"), "ack");
    EXPECT_EQ(world.tokens.redeem("page", token).error().reason, "TokenSpent");
    return {};
  });
}

TEST(SingleUseToken, IsNotSpentByAUnitThatFails) {
  World world;
  const std::string token = world.make(std::chrono::hours(1));
  EXPECT_FALSE(world.in_unit([&]() -> Result<void> {
    EXPECT_TRUE(world.tokens.redeem("page", token));
    return fail(ErrorKind::conflict, "what it allowed did not work");
  }));
  EXPECT_TRUE(world.in_unit([&]() -> Result<void> {
    EXPECT_TRUE(world.tokens.redeem("page", token));
    return {};
  }));
}

TEST(SingleUseToken, ExpiresAndIsRevoked) {
  World world;
  const std::string token = world.make(std::chrono::minutes(1)), other = world.make(std::chrono::hours(1));
  world.clock.advance(std::chrono::minutes(1));
  world.in_unit([&]() -> Result<void> {
    EXPECT_EQ(world.tokens.redeem("page", token).error().reason, "TokenExpired");
    world.tokens.revoke("page", "engagement-1");
    EXPECT_EQ(world.tokens.redeem("page", other).error().reason, "UnknownToken");
    return {};
  });
}

}  // namespace
}  // namespace tocsin::access
