// What happened and what was run is kept for a month.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "simulation/world.h"

namespace tocsin::scenarios {
namespace {

using namespace std::chrono_literals;
using simulation::World;

TEST(Housekeeping, AnEventIsKeptForAMonthAndThenGone) {
  World world(81);
  world.call("events", "PutEvents", {{"Entries", Array{Object{{"Source", "shop"}, {"DetailType", "Order"}, {"Detail", "{}"}}}}});
  const auto events = [&] { return world.state_rows().at("events_journal"); };
  const auto with_event = events();
  EXPECT_GT(with_event, 0);
  world.fast_forward(24h * 29);
  EXPECT_EQ(events(), with_event);
  world.fast_forward(24h * 2);
  EXPECT_EQ(events(), 0);
}

}  // namespace
}  // namespace tocsin::scenarios
