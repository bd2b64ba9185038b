#include "telemetry/logs/settings/log_settings.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::telemetry {
namespace {

const Scope shop{"111122223333", "eu-west-1"}, other{"444455556666", "eu-west-1"};

struct World {
  ManualClock clock{instant_from_ms(1000)};
  SimulatedExecutor executor{clock};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  LogSettings settings{state};
  World() { EXPECT_TRUE(settings.migrate()); }
  void unit(std::function<void()> work, bool keep = true) {
    state.submit([&]() -> Result<void> {
      work();
      return keep ? Result<void>() : fail(ErrorKind::conflict, "undone");
    });
    executor.run_ready();
  }
};

TEST(LogSettings, ArePutListedAndGoWithTheirGroup) {
  World world;
  const auto generation = world.settings.generation();
  world.unit([&] {
    for (const char* name : {"b", "a", "ab"}) world.settings.put(log_setting::metric_filter, {shop, "/shop", name, Object{{"n", name}}});
    world.settings.put(log_setting::metric_filter, {shop, "/other", "a", Object{}});
    world.settings.put(log_setting::metric_filter, {other, "/shop", "a", Object{}});
    world.settings.put(log_setting::destination, {shop, "", "d", Object{}});
  });
  EXPECT_NE(world.settings.generation(), generation);
  const auto names = [&](LogSettings::Query query) {
    std::vector<std::string> found;
    for (const LogSetting& each : world.settings.list(log_setting::metric_filter, shop, query))
      found.push_back(each.owner + ":" + each.name);
    return found;
  };
  EXPECT_EQ(names({}), (std::vector<std::string>{"/other:a", "/shop:a", "/shop:ab", "/shop:b"}));
  EXPECT_EQ(names({.owner = "/shop", .prefix = "a"}), (std::vector<std::string>{"/shop:a", "/shop:ab"}));
  EXPECT_EQ(names({.after_name = "a", .after_owner = "/other", .count_max = 2}), (std::vector<std::string>{"/shop:a", "/shop:ab"}));
  EXPECT_EQ(world.settings.count(log_setting::metric_filter, shop, "/shop"), 3);
  world.unit([&] { world.settings.remove_owned(shop, "/shop"); });
  EXPECT_EQ(names({}), (std::vector<std::string>{"/other:a"}));
  EXPECT_TRUE(world.settings.get(log_setting::destination, shop, "", "d"));
  EXPECT_EQ(world.settings.all(log_setting::metric_filter).size(), 2u);
}

TEST(LogSettings, AnUndoneUnitChangesNothing) {
  World world;
  const auto generation = world.settings.generation();
  world.unit([&] { world.settings.put(log_setting::transformer, {shop, "/shop", "", Object{}}); }, false);
  EXPECT_EQ(world.settings.generation(), generation);
  EXPECT_FALSE(world.settings.get(log_setting::transformer, shop, "/shop", ""));
}

}  // namespace
}  // namespace tocsin::telemetry
