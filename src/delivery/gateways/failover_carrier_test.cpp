// Stories of a channel with two gateways, in virtual time.
#include "delivery/gateways/failover_carrier.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/simulated_executor.h"

namespace tocsin::delivery {
namespace {

using namespace std::chrono_literals;

class Gateway final : public Carrier {
 public:
  void carry(const std::string& id, const Document&, Done done) override {
    asked.push_back(id);
    if (silent) return held.push_back(std::move(done));
    done(outcome);
  }
  CarryOutcome outcome{.result = CarryResult::delivered};
  bool silent = false;
  std::vector<std::string> asked;
  std::vector<Done> held;
};

struct FailoverStory : ::testing::Test {
  ManualClock clock{instant_from_ms(1'795'000'000'000)};
  SimulatedExecutor executor{clock};
  Gateway first, second;
  FailoverCarrier carrier{{{"first", &first}, {"second", &second}}, executor};

  std::optional<CarryOutcome> carry(const std::string& id, Duration wait = 1s) {
    auto out = std::make_shared<std::optional<CarryOutcome>>();
    carrier.carry(id, Object{}, [out](CarryOutcome came) { *out = std::move(came); });
    executor.run_for(wait);
    return *out;
  }
};

TEST_F(FailoverStory, TheFirstIsAskedWhileItWorks) {
  EXPECT_EQ(text_or(carry("a")->answer, "gateway"), "first");
  EXPECT_TRUE(second.asked.empty());
}

TEST_F(FailoverStory, OneThatIsDownIsPassedOverForAWhile) {
  first.outcome = {.result = CarryResult::try_again, .error = "503"};
  EXPECT_EQ(text_or(carry("a")->answer, "gateway"), "second");
  EXPECT_EQ(text_or(carry("b")->answer, "gateway"), "second");
  EXPECT_EQ(first.asked.size(), 1u) << "not asked again at once";
  first.outcome = {.result = CarryResult::delivered};
  executor.run_for(20s);
  EXPECT_EQ(text_or(carry("c")->answer, "gateway"), "first");
  EXPECT_EQ(carrier.health()[0].failures, 0);
}

TEST_F(FailoverStory, OneThatIsTooSlowIsLeftAndItsLateAnswerIsHeardNoMore) {
  first.silent = true;
  const auto outcome = carry("a", 13s);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(text_or(outcome->answer, "gateway"), "second");
  first.held.at(0)({.result = CarryResult::delivered});
  executor.run_for(1s);
  EXPECT_EQ(carrier.health()[0].failures, 1);
}

TEST_F(FailoverStory, WhatOneRefusesForGoodIsNotSentThroughTheNext) {
  first.outcome = {.result = CarryResult::refused, .error = "no such number"};
  EXPECT_EQ(carry("a")->result, CarryResult::refused);
  EXPECT_TRUE(second.asked.empty());
}

TEST_F(FailoverStory, WhenNobodyTakesItTheOutboxTriesAgainAndAllAreAskedAgain) {
  first.outcome = second.outcome = {.result = CarryResult::try_again, .error = "503"};
  EXPECT_EQ(carry("a")->result, CarryResult::try_again);
  EXPECT_EQ(carry("a")->result, CarryResult::try_again);
  EXPECT_EQ(first.asked.size() + second.asked.size(), 4u) << "a pause never silences the last";
}

}  // namespace
}  // namespace tocsin::delivery
