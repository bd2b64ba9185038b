#include "access/ingest_keys/ingest_key_store.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/simulated_executor.h"
#include "fuzz/mutate.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::access {
namespace {

struct World {
  ManualClock clock{instant_from_ms(1'760'000'000'000)};
  SimulatedExecutor executor{clock};
  SeededRandom random{3};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  IngestKeyStore keys{state, random};

  World() { EXPECT_TRUE(keys.migrate()); }
  void in_unit(std::function<void()> work) {
    state.submit([&]() -> Result<void> {
      work();
      return {};
    });
    executor.run_ready();
  }
};

const Scope shop{"111122223333", "eu-west-1"};

TEST(IngestKeyStory, AKeyBringsInItsSignalsUntilItIsRevoked) {
  World world;
  world.in_unit([&] {
    const NewIngestKey made = world.keys.create(shop, "collector", {Signal::logs, Signal::traces});
    const auto by_bearer = world.keys.verify("Bearer " + made.secret, Signal::logs);
    ASSERT_TRUE(by_bearer);
    EXPECT_EQ(by_bearer->scope, shop);
    EXPECT_EQ(by_bearer->principal().kind, PrincipalKind::ingest_key);
    EXPECT_TRUE(world.keys.verify("basic " + to_base64("anyone:" + made.secret), Signal::traces));
    EXPECT_EQ(world.keys.verify("Bearer " + made.secret, Signal::metrics).error().reason, "SignalNotAllowed");
    EXPECT_EQ(world.keys.verify("Bearer tik_other", Signal::logs).error().reason, "UnknownKey");
    EXPECT_EQ(world.keys.verify("", Signal::logs).error().reason, "MissingKey");
    EXPECT_FALSE(world.keys.revoke({"444455556666", "eu-west-1"}, made.key.id));
    EXPECT_TRUE(world.keys.revoke(shop, made.key.id));
    EXPECT_EQ(world.keys.verify("Bearer " + made.secret, Signal::logs).error().reason, "UnknownKey");
  });
}

TEST(IngestKeyStory, TheSecretIsNotInTheStore) {
  World world;
  world.in_unit([&] {
    const NewIngestKey made = world.keys.create(shop, "collector", {Signal::logs});
    for (const storage::Row& row : world.state.database().query("SELECT id, secret_hash, name FROM ingest_key_keys"))
      for (std::size_t column = 0; column < row.size(); ++column) EXPECT_EQ(row.text(column).find(made.secret), std::string::npos);
    ASSERT_EQ(world.keys.list(shop).size(), 1u);
    EXPECT_EQ(world.keys.list(shop).front().signals, std::set<Signal>{Signal::logs});
    EXPECT_TRUE(world.keys.list({"444455556666", "eu-west-1"}).empty());
  });
}

// Strategy: good headers damaged. Invariant: reading ends, and never gives an empty secret.
TEST(IngestKeyHeader, SurvivesMutatedInput) {
  fuzz::mutate({"Bearer tik_abc", "Basic YTpi", "basic  dGlrX2E="}, {" ", ":", "="}, 3000, [](std::string_view text) {
    const auto secret = secret_of_header(text);
    EXPECT_TRUE(!secret || !secret->empty());
  });
}

}  // namespace
}  // namespace tocsin::access
