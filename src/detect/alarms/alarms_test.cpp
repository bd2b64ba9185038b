#include "detect/alarms/alarms.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "detect/alarms/alarm_world_test.h"

namespace tocsin::detect {
namespace {
const std::string to_alarm = "Alarm updated from OK to ALARM", to_ok = "Alarm updated from ALARM to OK",
                  first_ok = "Alarm updated from INSUFFICIENT_DATA to OK";

TEST(AlarmStory, ANewAlarmWaitsForDataThenFollowsIt) {
  World world(noon + 5s);
  world.put_alarm({});
  EXPECT_EQ(world.alarm().state, AlarmState::insufficient_data);
  EXPECT_EQ(world.alarm().reason, "Unchecked: Initial alarm creation");
  world.report(10);
  world.run_for(60s);
  EXPECT_EQ(world.alarm().reason, "Threshold Crossed: 1 datapoint [10.0 (22/11/26 12:00:00)] was not greater than the threshold (50.0).");
  world.report(90);
  world.run_for(60s);
  EXPECT_EQ(world.transitions(), (std::vector<std::string>{first_ok, to_alarm}));
  ASSERT_EQ(world.actions.requests.size(), 1u) << "an incident is not opened for OK";
  const AlarmActionRequest& request = world.actions.requests[0];
  EXPECT_EQ(request.subject, "ALARM: \"slow\" in EU (Ireland)");
  EXPECT_EQ(
      request.message_text,
      R"json({"AlarmName":"slow","AlarmDescription":null,"AWSAccountId":"123456789012","AlarmConfigurationUpdatedTimestamp":"2026-11-22T12:00:05.000+0000",)json"
      R"json("NewStateValue":"ALARM","NewStateReason":"Threshold Crossed: 1 out of the last 1 datapoints [90.0 (22/11/26 12:01:00)] was greater than the threshold (50.0) )json"
      R"json((minimum 1 datapoint for OK -> ALARM transition).","StateChangeTime":"2026-11-22T12:02:02.000+0000","Region":"EU (Ireland)",)json"
      R"json("AlarmArn":"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:slow","OldStateValue":"OK","OKActions":["arn:aws:ssm-incidents::123456789012:response-plan/p"],)json"
      R"json("AlarmActions":["arn:aws:sns:eu-west-1:123456789012:ops"],"InsufficientDataActions":[],"Trigger":{"MetricName":"Latency","Namespace":"Shop",)json"
      R"json("StatisticType":"Statistic","Statistic":"AVERAGE","Unit":null,"Dimensions":[],"Period":60,"EvaluationPeriods":1,)json"
      R"json("ComparisonOperator":"GreaterThanThreshold","Threshold":50.0,"TreatMissingData":"missing","EvaluateLowSampleCountPercentile":""}})json");
  ASSERT_EQ(world.state_events().size(), 2u);
  const Document detail = world.state_events()[1].detail;
  EXPECT_EQ(text_or(*find(detail, "previousState"), "value"), "OK");
  EXPECT_EQ(text_or(*find(detail, "state"), "timestamp"), "2026-11-22T12:02:02.000+0000");
  EXPECT_EQ(world.events[0].type, "CloudWatch Alarm Configuration Change");
  EXPECT_EQ(text_or(world.events[0].detail, "operation"), "create");
  EXPECT_EQ(world.history("Action").at(0).summary, "Successfully executed action arn:aws:sns:eu-west-1:123456789012:ops");
  world.run_for(10min);
  EXPECT_EQ(world.alarm().reason, "Insufficient Data: 1 datapoint was unknown.");
}

TEST(AlarmStory, ATenSecondAlarmIsQuick) {
  World world(noon + 1s);
  world.put_alarm({{"Period", 10}, {"EvaluationPeriods", 3}, {"DatapointsToAlarm", 2}, {"TreatMissingData", "notBreaching"}});
  for (int i = 0; i < 60; ++i) {
    world.report(i < 30 ? 10 : 99, 0s, true);
    world.run_for(1s);
  }
  EXPECT_EQ(world.transitions(), (std::vector<std::string>{first_ok, to_alarm}));
  EXPECT_EQ(world.alarm().state_transitioned, noon + 50s + 250ms);
}

TEST(AlarmStory, LatePointsFillThePeriodsBeforeTheNewest) {
  World world(noon + 5s);
  world.put_alarm({{"EvaluationPeriods", 2}, {"DatapointsToAlarm", 2}});
  world.report(10);
  world.run_for(60s);
  world.report(99);
  world.run_for(120s);
  EXPECT_EQ(world.alarm().state, AlarmState::ok) << "one breaching point and silence";
  world.report(99, 60s);
  world.run_for(60s);
  EXPECT_EQ(world.alarm().state, AlarmState::alarm);
}

TEST(AlarmStory, AStateSetByHandIsUndoneByTheNextEvaluation) {
  World world(noon + 5s);
  world.put_alarm({});
  world.report(10);
  world.run_for(60s);
  ASSERT_TRUE(world.in_unit([&] { return world.alarms->set_state(scope, "slow", AlarmState::alarm, "testing", "{\"by\":\"hand\"}"); }));
  EXPECT_EQ(world.actions.requests.size(), 1u);
  EXPECT_EQ(world.alarm().reason, "testing");
  world.run_for(60s);
  EXPECT_EQ(world.transitions(), (std::vector<std::string>{first_ok, to_alarm, to_ok}));
  const auto missing = world.in_unit([&] { return world.alarms->set_state(scope, "none", AlarmState::ok, "", ""); });
  EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
}

TEST(AlarmStory, DisabledActionsStaySilentButEventsGoOn) {
  World world(noon + 5s);
  world.put_alarm({});
  ASSERT_TRUE(world.in_unit([&]() -> Result<void> { return world.alarms->enable_actions(scope, {"slow"}, false), Result<void>{}; }));
  world.report(99);
  world.run_for(60s);
  EXPECT_EQ(world.alarm().state, AlarmState::alarm);
  EXPECT_TRUE(world.actions.requests.empty());
  EXPECT_EQ(world.state_events().size(), 1u);
}

TEST(AlarmStory, AnAlarmTellsThoseOfItsTagsThatItIsToTell) {
  World world(noon + 5s);
  world.put_alarm(
      {{"ActionConfiguration", Object{{"AlarmTagsPropagation", Object{{"Enabled", true}, {"ExcludedTagKeys", Array{"cost"}}}}}}});
  ASSERT_TRUE(world.in_unit([&]() -> Result<void> {
    world.alarms->store().put_tags(world.alarms->store().find(scope, "slow")->arn(), {{"team", "pay"}, {"cost", "7"}});
    return {};
  }));
  world.report(99);
  world.run_for(60s);
  ASSERT_EQ(world.actions.requests.size(), 1u);
  EXPECT_EQ(to_json(*find(world.actions.requests[0].message, "AlarmTags")), R"([{"Key":"team","Value":"pay"}])");
  EXPECT_EQ(text_or(world.actions.requests[0].message, "AlarmTagsStatus"), "SUCCESS");
  EXPECT_EQ(to_json(*find(world.state_events()[0].detail, "alarmTags")), R"({"team":"pay"})");
  EXPECT_EQ(text_or(world.state_events()[0].detail, "alarmTagsStatus"), "SUCCESS");
}

TEST(AlarmStory, AFailedActionIsWrittenDown) {
  World world(noon + 5s);
  world.put_alarm({});
  world.actions.fails = true;
  world.report(99);
  world.run_for(60s);
  EXPECT_EQ(world.history("Action").at(0).summary,
            "Failed to execute action arn:aws:sns:eu-west-1:123456789012:ops. Received error: \"No such topic\"");
}

TEST(AlarmStory, AMathAlarmEvaluatesItsExpression) {
  World world(noon + 5s);
  const auto query = [](const char* id, const char* stat) {
    return Object{
        {"Id", id},
        {"ReturnData", false},
        {"MetricStat", Object{{"Metric", Object{{"Namespace", "Shop"}, {"MetricName", "Latency"}}}, {"Period", 60}, {"Stat", stat}}}};
  };
  const Object definition{
      {"AlarmName", "slow"},
      {"EvaluationPeriods", 1},
      {"Threshold", 3.0},
      {"ComparisonOperator", "GreaterThanThreshold"},
      {"Metrics", Array{query("m1", "Sum"), query("m2", "SampleCount"), Object{{"Id", "e1"}, {"Expression", "m1 / m2"}}}}};
  ASSERT_TRUE(world.in_unit([&] { return world.alarms->put_metric(scope, definition, true, {}); }));
  world.report(2);
  world.report(10);
  world.run_for(60s);
  EXPECT_EQ(world.alarm().reason, "Threshold Crossed: 1 datapoint [6.0 (22/11/26 12:00:00)] was greater than the threshold (3.0).");
}

TEST(AlarmStory, ACompositeFollowsItsChildren) {
  World world(noon + 5s);
  world.put_alarm({});
  const Object composite{
      {"AlarmName", "outage"}, {"AlarmRule", "ALARM(slow)"}, {"AlarmActions", Array{"arn:aws:sns:eu-west-1:123456789012:all"}}};
  ASSERT_TRUE(world.in_unit([&] { return world.alarms->put_composite(scope, composite, true, {}); }));
  EXPECT_EQ(world.alarm("outage").state, AlarmState::ok);
  world.report(99);
  world.run_for(60s);
  EXPECT_EQ(world.alarm("outage").state, AlarmState::alarm);
  EXPECT_EQ(world.alarm("outage").reason,
            "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:slow transitioned to ALARM at Sunday 22 November, 2026 12:01:02 UTC");
  EXPECT_EQ(world.actions.requests.size(), 2u);
  const Object circle{{"AlarmName", "outage"}, {"AlarmRule", "NOT ALARM(outage)"}};
  EXPECT_TRUE(world.in_unit([&] { return world.alarms->put_composite(scope, circle, true, {}); })) << "a circle stops";
  const Object orphan{{"AlarmName", "x"}, {"AlarmRule", "ALARM(nobody)"}};
  EXPECT_EQ(world.in_unit([&] { return world.alarms->put_composite(scope, orphan, true, {}); }).error().message,
            "Could not save the composite alarm as alarms [nobody] in the alarm rule do not exist");
}

TEST(AlarmStory, AWarmingAlarmIsQuiet) {
  World world(noon + 5s);
  world.put_alarm(
      {{"WarmUpConfiguration", Object{{"WarmUpPeriodDurationInMinutes", 5}, {"OnlyStartEvaluatingAfterWarmUpPeriodEnds", true}}}});
  for (int i = 0; i < 6; ++i) {
    world.report(99);
    world.run_for(60s);
    EXPECT_TRUE(i >= 4 || world.transitions().empty()) << i;
    EXPECT_EQ(world.alarm().evaluation_state, i < 5 ? "IN_WARM_UP" : "");
  }
  EXPECT_EQ(world.alarm().state, AlarmState::alarm);
}

TEST(AlarmStory, AWarmUpEndsEarlyWhenItsWindowIsFull) {
  World world(noon + 5s);
  world.put_alarm(
      {{"EvaluationPeriods", 3}, {"DatapointsToAlarm", 1}, {"WarmUpConfiguration", Object{{"WarmUpPeriodDurationInMinutes", 60}}}});
  world.run_for(5min);
  EXPECT_EQ(world.alarm().evaluation_state, "IN_WARM_UP");
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(world.transitions().empty());
    world.report(99);
    world.run_for(60s);
  }
  EXPECT_EQ(world.alarm().state, AlarmState::alarm);
}

TEST(AlarmStory, AfterAStopTheMissedEvaluationsAreMadeUpInOrder) {
  World world(noon + 5s);
  world.put_alarm({});
  // points for the next ten minutes were sent ahead: calm, two bad minutes, calm
  for (int minute = 0; minute < 10; ++minute) world.report(minute == 4 || minute == 5 ? 99 : 10, -1min * minute);
  world.run_for(60s);
  world.kill();
  world.clock.advance(20min);
  world.boot();
  world.run_for(16s);
  EXPECT_EQ(world.transitions(), (std::vector<std::string>{first_ok, to_alarm, to_ok}));
  EXPECT_EQ(world.actions.requests.size(), 1u);
  EXPECT_EQ(world.history("StateUpdate").at(1).time, world.clock.now() - 1s) << "learnt when the senders had had their chance";
  world.run_for(4min);
  EXPECT_EQ(world.transitions().back(), "Alarm updated from OK to INSUFFICIENT_DATA") << "silence counts again once it was watched";
}

TEST(AlarmStory, AWeekOfMetricsGivesEachTransitionOnce) {
  World world(noon + 5s);
  world.put_alarm({{"Period", 300}, {"EvaluationPeriods", 3}, {"DatapointsToAlarm", 2}});
  for (int minute = 0; minute < 7 * 24 * 60; ++minute) {
    const bool outage = minute % (24 * 60) >= 600 && minute % (24 * 60) < 660;  // an hour a day
    world.report(outage ? 99 : 10);
    world.run_for(60s);
  }
  std::vector<std::string> expected = {first_ok};
  for (int day = 0; day < 7; ++day) expected.insert(expected.end(), {to_alarm, to_ok});
  EXPECT_EQ(world.transitions(), expected);
  EXPECT_EQ(world.actions.requests.size(), 7u);
}

/// Random data, silence, late points; with `kills` the server dies at random moments and is back at once.
std::vector<std::string> random_life(std::uint64_t seed, bool kills) {
  World world(noon + 5s);
  SeededRandom random(seed);
  constexpr const char* treatments[] = {"missing", "ignore", "breaching", "notBreaching"};
  for (int i = 0; i < 4; ++i)
    world.put_alarm({{"AlarmName", "a" + std::to_string(i)},
                     {"Period", i % 2 ? 10 : 60},
                     {"EvaluationPeriods", 1 + i},
                     {"DatapointsToAlarm", 1 + i / 2},
                     {"TreatMissingData", treatments[i]}});
  for (int step = 0; step < 400; ++step) {
    const bool silence = random.below(3) == 0;
    const double value = static_cast<double>(random.below(100));
    const Duration late = random.below(4) == 0 ? 1s * static_cast<std::int64_t>(random.below(200)) : 0s;
    const Duration pause = 1ms * static_cast<std::int64_t>(100 + random.below(40'000));
    const bool dies = random.below(10) == 0;
    if (!silence) world.report(value, late, true);
    world.run_for(pause);
    if (!dies || !kills) continue;
    world.kill();
    world.boot();
  }
  std::vector<std::string> lives;
  for (const HistoryItem& item : world.history("StateUpdate")) {
    const Document data = parse_json(item.data).value();
    lives.push_back(item.alarm_name + ": " + text_or(*find(data, "newState"), "stateReason"));
  }
  // one alarm's changes are in order; of one moment those of several alarms are not
  std::stable_sort(lives.begin(), lives.end(), [](const auto& a, const auto& b) { return a.substr(0, 2) < b.substr(0, 2); });
  return lives;
}

TEST(AlarmProperty, KillsAtRandomMomentsChangeNothing) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const auto calm = random_life(seed, false);
    EXPECT_GT(calm.size(), 20u);
    EXPECT_EQ(random_life(seed, true), calm) << "seed " << seed;
  }
}

}  // namespace
}  // namespace tocsin::detect
