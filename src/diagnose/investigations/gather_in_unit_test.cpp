#include "diagnose/investigations/gather_in_unit.h"

#include <gtest/gtest.h>

#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::diagnose {
namespace {

struct World {
  ManualClock clock{instant_from_ms(1'795'500'000'000)};
  SimulatedExecutor executor{clock};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
};

TEST(GatherInUnit, TellsWhatWasFound) {
  World world;
  std::string told;
  gather_in_unit(
      world.state, [] { return std::vector<incidents::Evidence>{{.kind = "change", .title = "PutParameter pool"}}; },
      [&](Result<std::vector<incidents::Evidence>> answer) { told = answer ? answer->at(0).title : "failed"; });
  EXPECT_EQ(told, "") << "in a unit of its own";
  world.executor.run_ready();
  EXPECT_EQ(told, "PutParameter pool");
}

TEST(GatherInUnit, TellsThatItFailed) {
  World world;
  std::string told;
  gather_in_unit(
      world.state, []() -> std::vector<incidents::Evidence> { throw std::runtime_error("boom"); },
      [&](Result<std::vector<incidents::Evidence>> answer) { told = answer ? "found" : answer.error().message; });
  world.executor.run_ready();
  EXPECT_FALSE(told.empty());
  EXPECT_NE(told, "found");
}

}  // namespace
}  // namespace tocsin::diagnose
