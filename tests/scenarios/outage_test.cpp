// The first outage, end to end: detect, diagnose, remediate, communicate, learn; then the same with the power going at moments that a seed
// draws.
#include "scenarios/outage.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "simulation/seed.h"

namespace tocsin::scenarios {
namespace {

using namespace std::chrono_literals;
using simulation::World;

void expect_all(World& world, Shop& shop, const Outage& outage) {
  expect_detected_and_told(world, shop, outage);
  expect_people_paged(world, outage);
  expect_rolled_back_once(world, shop, outage);
  expect_customers_told(world);
  expect_review(world, outage);
  expect_nothing_acknowledged_lost(shop);
  expect_every_page_settled(world);
}

TEST(Outage, IsDetectedToldPagedRolledBackAndReviewed) {
  World world(11);
  Shop shop(world);
  shop.set_up();
  const Outage outage = live_through_outage(world, shop);
  ASSERT_FALSE(outage.incident_arn.empty());
  expect_all(world, shop, outage);
}

TEST(Outage, OfAShopThatHasJustOpenedHasItsSuspectToo) {
  World world(12);
  Shop shop(world);
  shop.set_up();
  shop.open();
  world.fast_forward(75s);
  shop.break_it();
  ASSERT_TRUE(world.wait_until([&] { return !shop.incident_arn().empty(); }, 2min, 1s));
  world.fast_forward(30s);
  const Document items = world.call("ssm-incidents", "ListRelatedItems", {{"incidentRecordArn", shop.incident_arn()}});
  EXPECT_NE(to_json(items).find("Suspect host"), std::string::npos) << to_json(items);
}

/// How many disk operations an outage takes when nothing happens to the server.
std::uint64_t operations_of_an_outage() {
  static const std::uint64_t operations = [] {
    World world(11);
    Shop shop(world);
    shop.set_up();
    return live_through_outage(world, shop).disk_operations;
  }();
  return operations;
}

TEST(Outage, EndsTheSameWayWhenThePowerGoesInItsMidst) {
  for (const std::uint64_t seed : simulation::seeds(100, 2, 700)) {
    SCOPED_TRACE("TOCSIN_SEED=" + std::to_string(seed));
    World world(seed);
    Shop shop(world);
    shop.set_up();
    const Outage outage =
        live_through_outage(world, shop, [&] { world.cut_power_after(static_cast<int>(world.random.below(operations_of_an_outage()))); });
    ASSERT_FALSE(outage.incident_arn.empty());
    EXPECT_FALSE(world.power_cuts().empty());
    expect_all(world, shop, outage);
  }
}

TEST(Outage, EndsTheSameWayWhenThePowerGoesAgainAndAgain) {
  for (const std::uint64_t seed : simulation::seeds(200, 1, 60)) {
    SCOPED_TRACE("TOCSIN_SEED=" + std::to_string(seed));
    World world(seed);
    Shop shop(world);
    shop.set_up();
    const Outage outage = live_through_outage(world, shop, [&] {
      for (Duration after = 15s; after < 8min; after += std::chrono::seconds(20 + world.random.below(80)))
        world.cut_power_at(world.now() + after);
    });
    ASSERT_FALSE(outage.incident_arn.empty());
    EXPECT_GT(world.power_cuts().size(), 4u);
    expect_all(world, shop, outage);
  }
}

TEST(Outage, ReachesPeopleThoughMailAndWebhooksAreOutOfOrderForAWhile) {
  World world(12);
  Shop shop(world);
  shop.set_up();
  const Outage outage = live_through_outage(world, shop, [&] {
    world.mail.out_of_order_until = world.now() + 3min;
    world.webhooks.status_of[hook_url] = 503;
    // a web server is tried four times within a minute, by the service's default policy
    world.executor.post_after(75s, [&world] { world.webhooks.status_of.erase(hook_url); });
  });
  ASSERT_FALSE(outage.incident_arn.empty());
  expect_detected_and_told(world, shop, outage);
  expect_rolled_back_once(world, shop, outage);
  expect_customers_told(world);
  expect_review(world, outage);
  expect_nothing_acknowledged_lost(shop);
  expect_every_page_settled(world);
}

TEST(Outage, IsRepairedThoughTheHostLosesItsConnectionWhileItRestarts) {
  World world(13);
  Shop shop(world);
  shop.set_up();
  const Outage outage = live_through_outage(world, shop, [&] { world.executor.post_after(90s, [&shop] { shop.host->unplug(4min); }); });
  ASSERT_FALSE(outage.incident_arn.empty());
  expect_all(world, shop, outage);
}

}  // namespace
}  // namespace tocsin::scenarios
