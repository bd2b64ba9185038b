// Alarms through the API, over power cuts, a long stop and a change of clocks; and what mutes and suppresses them.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/text_time.h"
#include "scenarios/shop.h"
#include "simulation/world.h"

namespace tocsin::scenarios {
namespace {

using namespace std::chrono_literals;
using simulation::World;

void put_alarm(World& world, const Object& more) {
  Object alarm{{"AlarmName", "slow"},
               {"Namespace", "Shop"},
               {"MetricName", "Latency"},
               {"Statistic", "Average"},
               {"Period", 60},
               {"EvaluationPeriods", 2},
               {"Threshold", 50},
               {"ComparisonOperator", "GreaterThanThreshold"},
               {"TreatMissingData", "breaching"}};
  for (const auto& [member, value] : more) alarm[member] = value;
  world.call("cloudwatch", "PutMetricAlarm", alarm);
}

void report(World& world, double value, Duration ago = 0s) {
  world.call("cloudwatch", "PutMetricData",
             {{"Namespace", "Shop"},
              {"MetricData", Array{Object{{"MetricName", "Latency"}, {"Value", value}, {"Timestamp", to_ms(world.now() - ago) / 1000}}}}});
}

std::vector<std::string> summaries(World& world, const char* type, const char* alarm = "slow", const char* kind = "MetricAlarm") {
  const Document answer =
      world.call("cloudwatch", "DescribeAlarmHistory",
                 {{"AlarmName", alarm}, {"HistoryItemType", type}, {"ScanBy", "TimestampAscending"}, {"AlarmTypes", Array{kind}}});
  std::vector<std::string> found;
  for (const Document& item : array_at(answer, "AlarmHistoryItems")) found.push_back(text_or(item, "HistorySummary"));
  return found;
}

const std::string first_ok = "Alarm updated from INSUFFICIENT_DATA to OK", to_alarm = "Alarm updated from OK to ALARM",
                  to_ok = "Alarm updated from ALARM to OK";

TEST(AlarmScenario, AStoppedServerMakesNoFalseTransitionAndCatchesUpWhatWasKeptForIt) {
  World world(71);
  report(world, 10);
  world.fast_forward(1min);
  put_alarm(world, {});
  for (int i = 0; i < 5; ++i) report(world, 10), world.fast_forward(1min);
  world.stay_down(20min);
  // the agent kept what it saw: five bad minutes amid the stop
  for (int ago = 20; ago > 0; --ago) report(world, ago > 8 && ago <= 13 ? 99 : 10, 1min * ago);
  for (int i = 0; i < 5; ++i) report(world, 10), world.fast_forward(1min);
  EXPECT_EQ(summaries(world, "StateUpdate"), (std::vector<std::string>{first_ok, to_alarm, to_ok}));
}

TEST(AlarmScenario, AStopInWhichNothingWasKeptIsNoSilence) {
  World world(72);
  report(world, 10);
  world.fast_forward(1min);
  put_alarm(world, {});
  for (int i = 0; i < 5; ++i) report(world, 10), world.fast_forward(1min);
  world.stay_down(30min);
  for (int i = 0; i < 5; ++i) report(world, 10), world.fast_forward(1min);
  EXPECT_EQ(summaries(world, "StateUpdate"), (std::vector<std::string>{first_ok}));
  world.fast_forward(10min);
  EXPECT_EQ(summaries(world, "StateUpdate").back(), to_alarm) << "silence that was watched breaches";
}

TEST(AlarmScenario, ADayOfTheWallClockHas23HoursWhenTheClocksAreChanged) {
  World world(73, {.starts_at = *parse_rfc3339("2027-03-27T22:30:00Z")});  // Berlin: 23:30; the 28th has 23 hours
  report(world, 1, 24h);
  put_alarm(world, {{"AlarmName", "backup"},
                    {"Statistic", "SampleCount"},
                    {"Period", 86'400},
                    {"EvaluationPeriods", 1},
                    {"Threshold", 1},
                    {"ComparisonOperator", "LessThanThreshold"},
                    {"EvaluationWindow", Object{{"WallClockWindow", Object{{"Timezone", "Europe/Berlin"}}}}}});
  report(world, 1);
  // each local day has its backup, at half past one: over the change, and the night after
  for (int day = 0; day < 3; ++day) {
    world.fast_forward(day == 0 ? 3h : day == 1 ? 23h : 24h);
    report(world, 1);
  }
  world.fast_forward(12h);
  EXPECT_EQ(summaries(world, "StateUpdate", "backup"), (std::vector<std::string>{first_ok}));
  world.fast_forward(48h);
  EXPECT_EQ(summaries(world, "StateUpdate", "backup").back(), to_alarm) << "a day without a backup";
}

TEST(AlarmScenario, AMuteRuleHoldsBackTheMailUntilItsWindowEnds) {
  World world(74);  // 06:00 UTC
  Shop shop(world);
  const std::string topic = shop.add_topic("ops");
  put_alarm(world, {{"EvaluationPeriods", 1}, {"AlarmActions", Array{Document(topic)}}});
  world.call("cloudwatch", "PutAlarmMuteRule",
             {{"Name", "deploy"},
              {"Rule", Object{{"Schedule", Object{{"Expression", "cron(0 6 * * *)"}, {"Duration", "PT30M"}}}}},
              {"MuteTargets", Object{{"AlarmNames", Array{"slow"}}}}});
  const std::size_t letters = world.mail.all().size();
  for (int i = 0; i < 25; ++i) report(world, 99), world.fast_forward(1min);
  EXPECT_EQ(world.mail.all().size(), letters);
  EXPECT_EQ(summaries(world, "Action"), (std::vector<std::string>{"Alarm actions muted by alarm mute rule deploy"}));
  world.crash();
  for (int i = 0; i < 10; ++i) report(world, 99), world.fast_forward(1min);
  EXPECT_EQ(world.mail.all().size(), letters + 1) << "once, though the power went";
  EXPECT_EQ(summaries(world, "Action").back(), "Successfully executed action " + topic);
}

TEST(AlarmScenario, WhatCannotBeDoneIsWrittenDownHonestly) {
  World world(75);
  const std::string function = "arn:aws:lambda:eu-west-1:111122223333:function:restart", stop = "arn:aws:automate:eu-west-1:ec2:stop";
  put_alarm(world, {{"EvaluationPeriods", 1}, {"AlarmActions", Array{Document(function), Document(stop)}}});
  report(world, 99);
  world.fast_forward(2min);
  const auto actions = summaries(world, "Action");
  ASSERT_EQ(actions.size(), 2u);
  EXPECT_EQ(actions[0].substr(0, 70), ("Failed to execute action " + function + ". Received error: \"").substr(0, 70));
  EXPECT_EQ(actions[1].substr(0, 60), ("Failed to execute action " + stop + ". Received error: \"").substr(0, 60));
}

}  // namespace
}  // namespace tocsin::scenarios
