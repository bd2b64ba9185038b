// An outage of the shop, from the first failed visit to the review, told so that it holds whatever happens to the server meanwhile.
#pragma once

#include <functional>

#include "scenarios/shop.h"

namespace tocsin::scenarios {

struct Outage {
  std::string incident_arn;
  std::string execution_id;
  Instant broke_at{}, over_at{};
  std::uint64_t disk_operations = 0;  ///< from the fault to the end
};

/// Ten calm minutes, the fault (`after_fault` is called just then), and all that follows until the status page says resolved. Ada does not
/// answer; Ben acknowledges.
Outage live_through_outage(
    simulation::World& world, Shop& shop, const std::function<void()>& after_fault = [] {});

// --- what holds after it, with or without power cuts
void expect_detected_and_told(simulation::World& world, Shop& shop, const Outage& outage);
void expect_people_paged(simulation::World& world, const Outage& outage);
void expect_rolled_back_once(simulation::World& world, Shop& shop, const Outage& outage);
void expect_customers_told(simulation::World& world);
void expect_review(simulation::World& world, const Outage& outage);
void expect_nothing_acknowledged_lost(Shop& shop);
/// Every page of the account's engagements was delivered, or its failure is known.
void expect_every_page_settled(simulation::World& world);

}  // namespace tocsin::scenarios
