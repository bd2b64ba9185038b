// The guide's six examples, and every step that they do not show.
#include "detect/alarms/suppression.h"

#include <gtest/gtest.h>

namespace tocsin::detect {
namespace {

using enum SuppressionEvent;
using enum SuppressedBy;
using namespace std::chrono_literals;
constexpr auto O = AlarmState::ok, A = AlarmState::alarm;

/// A composite with a wait of 2 and an extension of 3 units, told of what happens at a moment.
struct Told {
  std::string act;
  Suppression state;
  SuppressorView suppressor{.present = true, .in_alarm = false, .wait = 2s, .extension = 3s};

  Told& at(int t, SuppressionEvent event, AlarmState from = O) {
    if (event == suppressor_in_alarm) suppressor.in_alarm = true;
    if (event == suppressor_calm) suppressor.in_alarm = false;
    const auto step = next_suppression(state, event, suppressor, Instant{1s * t}, from);
    state = step.next;
    if (step.act_from) act += "t" + std::to_string(t) + " from " + std::string(to_text(*step.act_from)) + ' ';
    return *this;
  }
};

TEST(Suppression, Example1TheWaitIsOver) { EXPECT_EQ(Told().at(2, flipped).at(4, period_over).act, "t4 from OK "); }

TEST(Suppression, Example2TheSuppressorComesInTime) {
  Told told;
  told.at(2, flipped);
  EXPECT_EQ(told.state, (Suppression{wait_period, Instant{4s}, O}));
  told.at(3, suppressor_in_alarm).at(4, period_over);
  EXPECT_EQ(told.state, (Suppression{alarm, {}, O}));
  EXPECT_EQ(told.act, "");
}

TEST(Suppression, Example3AFlipDuringTheWaitBeginsItAnew) {
  Told told;
  told.at(2, flipped).at(3, flipped, A).at(4, period_over);
  EXPECT_EQ(told.act, "");
  EXPECT_EQ(told.at(5, period_over).act, "t5 from ALARM ");
}

TEST(Suppression, Example4TheSuppressorIsThereAlready) {
  Told told;
  told.at(1, suppressor_in_alarm).at(2, flipped);
  EXPECT_EQ(told.state, (Suppression{alarm, {}, O}));
  EXPECT_EQ(told.act, "");
}

TEST(Suppression, Example5TheExtensionIsOver) {
  Told told;
  told.at(2, flipped).at(3, suppressor_in_alarm).at(6, suppressor_calm);
  EXPECT_EQ(told.state, (Suppression{extension_period, Instant{9s}, O}));
  EXPECT_EQ(told.at(9, period_over).act, "t9 from OK ");
}

TEST(Suppression, Example6AFlipDuringTheExtensionBeginsAWait) {
  Told told;
  told.at(2, flipped).at(3, suppressor_in_alarm).at(6, suppressor_calm).at(7, flipped, A);
  EXPECT_EQ(told.state, (Suppression{wait_period, Instant{9s}, A}));
  EXPECT_EQ(told.at(9, period_over).act, "t9 from ALARM ");
}

TEST(Suppression, TheSuppressorComingBackEndsTheExtension) {
  Told told;
  told.at(1, suppressor_in_alarm).at(2, flipped).at(3, suppressor_calm).at(4, suppressor_in_alarm).at(6, period_over);
  EXPECT_EQ(told.state.by, alarm);
  EXPECT_EQ(told.act, "");
}

TEST(Suppression, AnotherSuppressorDiscardsBoth) {
  Told told;
  told.at(2, flipped).at(3, configured);
  EXPECT_EQ(told.state, Suppression{});
  EXPECT_EQ(told.act, "t3 from OK ") << "nothing suppresses it any more";
  EXPECT_EQ(told.at(4, period_over).act, "t3 from OK ");
}

TEST(Suppression, WithoutAChangeNothingIsDone) {
  EXPECT_EQ(Told().at(1, suppressor_in_alarm).at(2, suppressor_calm).at(5, period_over).act, "");
}

TEST(Suppression, PeriodsOfNoLengthDoNotWait) {
  Told told;
  told.suppressor.wait = told.suppressor.extension = 0s;
  EXPECT_EQ(told.at(2, flipped).at(3, suppressor_in_alarm).at(4, flipped, A).at(5, suppressor_calm).act, "t2 from OK t5 from ALARM ");
}

TEST(Suppression, WithoutASuppressorEveryFlipActs) {
  Told told;
  told.suppressor = {};
  EXPECT_EQ(told.at(2, flipped).at(3, flipped, A).at(4, period_over).act, "t2 from OK t3 from ALARM ");
}

}  // namespace
}  // namespace tocsin::detect
