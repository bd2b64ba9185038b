#include "diagnose/investigations/shared_source.h"

#include <gtest/gtest.h>

#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::diagnose {
namespace {

using namespace std::chrono_literals;

struct CountedSource final : incidents::EvidenceSource {
  std::string name() const override { return "logs"; }
  void gather(const Request&, Done done) override {
    ++looks;
    waiting.push_back(std::move(done));
  }
  void answer_all() {
    for (Done& done : std::exchange(waiting, {}))
      done(std::vector<incidents::Evidence>{{.kind = "logs", .title = "look " + std::to_string(looks)}});
  }
  int looks = 0;
  std::vector<Done> waiting;
};

struct World {
  ManualClock clock{instant_from_ms(1'795'500'000'000)};
  SimulatedExecutor executor{clock};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  CountedSource source;
  SharedSource shared{state, source};
  std::vector<std::string> told;

  void incident_opens(const std::string& account = "111122223333") {
    shared.gather({{account, "eu-west-1"}, "arn", {}, {}, {}, "", {}, {}},
                  [this](Result<std::vector<incidents::Evidence>> found) { told.push_back(found->at(0).title); });
  }
  void answers_come() {
    source.answer_all();
    executor.run_ready();
  }
};

TEST(SharedSource, AStormOfIncidentsIsLookedIntoAFewTimes) {
  World world;
  for (int i = 0; i < 1000; ++i) world.incident_opens();
  world.answers_come();
  EXPECT_EQ(world.source.looks, 5);
  EXPECT_EQ(world.told.size(), 1000u) << "each is told something";
  world.incident_opens();
  EXPECT_EQ(world.told.size(), 1001u) << "what is known is told at once";
}

TEST(SharedSource, IncidentsApartHaveALookOfTheirOwn) {
  World world;
  for (int i = 0; i < 10; ++i) {
    world.incident_opens();
    world.answers_come();
    world.executor.run_for(10s);
  }
  EXPECT_EQ(world.source.looks, 10);
  EXPECT_EQ(world.told.back(), "look 10");
}

TEST(SharedSource, AnotherAccountIsToldNothingOfIt) {
  World world;
  for (int i = 0; i < 10; ++i) world.incident_opens();
  world.incident_opens("999999999999");
  EXPECT_EQ(world.source.looks, 6);
}

}  // namespace
}  // namespace tocsin::diagnose
