// PromQL alarms and their contributors, as their users see them.
#include "detect/alarms/alarm_world_test.h"
#include "detect/alarms/contributor_alarms.h"

namespace tocsin::detect {
namespace {

struct PromQlWorld : World {
  PromQlWorld() : World(noon) {}
  void put(const std::string& query, int pending_s, int recovery_s, int interval_s = 60) {
    const Object definition{
        {"AlarmName", "hot"},
        {"EvaluationCriteria",
         Object{{"PromQLCriteria", Object{{"Query", query}, {"PendingPeriod", pending_s}, {"RecoveryPeriod", recovery_s}}}}},
        {"EvaluationInterval", interval_s},
        {"AlarmActions", Array{"arn:aws:sns:eu-west-1:123456789012:ops"}},
        {"OKActions", Array{"arn:aws:sns:eu-west-1:123456789012:ops"}}};
    ASSERT_TRUE(in_unit([&] { return alarms->put_metric(scope, definition, true, {}); }));
  }
  void heat(const char* room, double value) {
    ASSERT_TRUE(store->put(
        scope,
        {{.metric = {"Prometheus", "temperature", {{"room", room}}}, .time = clock.now(), .high_resolution = true, .sample = value}}));
  }
  std::vector<ContributorRecord> contributors() {
    std::vector<ContributorRecord> found;
    EXPECT_TRUE(in_unit([&]() -> Result<void> { return found = alarms->store().contributors(scope, "hot"), Result<void>{}; }));
    return found;
  }
};

TEST(PromQlAlarmStory, EachSeriesIsAContributorThatPendsAndRecovers) {
  PromQlWorld world;
  world.put("temperature > 30", 120, 60);
  EXPECT_EQ(world.alarm("hot").state, AlarmState::ok) << "a PromQL alarm begins in OK";
  for (int minute = 0; minute < 10; ++minute) {
    world.heat("attic", minute < 6 ? 35 : 20);
    world.heat("cellar", 5);
    world.run_for(60s);
    if (minute == 1) {
      EXPECT_EQ(world.alarm("hot").state, AlarmState::ok) << "pending";
    } else if (minute == 3) {
      EXPECT_EQ(world.alarm("hot").state, AlarmState::alarm);
    }
  }
  EXPECT_EQ(world.alarm("hot").state, AlarmState::ok);
  ASSERT_EQ(world.actions.requests.size(), 2u);
  const AlarmActionRequest& request = world.actions.requests[0];
  EXPECT_EQ(to_json(*find(request.message, "AlarmContributorAttributes")), R"({"__name__":"temperature","room":"attic"})");
  EXPECT_FALSE(find(request.message, "NewStateReason")) << "its notifications have no reason";
  EXPECT_EQ(text_or(request.message, "NewStateValue"), "ALARM");
  EXPECT_EQ(text_or(request.message, "OldStateValue"), "OK");
  EXPECT_EQ(world.history("AlarmContributorStateUpdate").size(), 2u);
  EXPECT_EQ(world.history("AlarmContributorAction").at(0).summary, "Successfully executed action arn:aws:sns:eu-west-1:123456789012:ops");
  const auto states = world.history("StateUpdate");
  ASSERT_EQ(states.size(), 2u);
  EXPECT_EQ(text_or(*find(*parse_json(states[0].data), "newState"), "stateReason"), "1 out of 1 time series evaluated to ALARM");
  std::vector<std::string> types = world.event_types();
  EXPECT_EQ(std::count(types.begin(), types.end(), "CloudWatch Alarm Contributor State Change"), 2);
}

TEST(PromQlAlarmStory, PendingGoesOnOverARestart) {
  PromQlWorld world;
  world.put("temperature > 30", 120, 0, 10);
  const auto live = [&](int seconds) {
    for (int i = 0; i < seconds; i += 5) world.heat("attic", 35), world.run_for(5s);
  };
  live(60);
  world.kill();
  world.clock.advance(30s);
  world.boot();
  live(70);
  EXPECT_EQ(world.alarm("hot").state, AlarmState::alarm);
  EXPECT_EQ(world.contributors().size(), 1u);
}

TEST(PromQlAlarmStory, ABrokenQuerySaysSo) {
  PromQlWorld world;
  world.put("temperature * on(nothing) temperature > 1", 0, 0);
  world.heat("attic", 35);
  world.heat("cellar", 35);
  world.run_for(90s);
  EXPECT_EQ(world.alarm("hot").evaluation_state, "EVALUATION_ERROR");
}

struct InsightsWorld : World {
  InsightsWorld() : World(noon + 1s) {
    const Object definition{
        {"AlarmName", "fleet"},
        {"EvaluationPeriods", 1},
        {"Threshold", 50.0},
        {"ComparisonOperator", "GreaterThanThreshold"},
        {"TreatMissingData", "breaching"},
        {"AlarmActions", Array{"arn:aws:sns:eu-west-1:123456789012:ops", "arn:aws:ssm-incidents::123456789012:response-plan/p"}},
        {"Metrics",
         Array{Object{{"Id", "q1"}, {"Expression", "SELECT AVG(Load) FROM Fleet GROUP BY Host"}, {"Period", 60}, {"ReturnData", true}}}}};
    EXPECT_TRUE(in_unit([&] { return alarms->put_metric(scope, definition, true, {}); }));
  }
  void load(const char* host, double value) {
    ASSERT_TRUE(store->put(scope, {{.metric = {"Fleet", "Load", {{"Host", host}}}, .time = clock.now(), .sample = value}}));
  }
};

TEST(InsightsAlarmStory, NotifiesForEachContributorAndOpensOneIncident) {
  InsightsWorld world;
  world.load("a", 99);
  world.load("b", 99);
  world.load("c", 1);
  world.run_for(65s);
  EXPECT_EQ(world.alarm("fleet").state, AlarmState::alarm);
  EXPECT_EQ(world.alarm("fleet").reason, "2 out of 3 time series evaluated to ALARM");
  ASSERT_EQ(world.actions.requests.size(), 3u);
  EXPECT_EQ(to_json(*find(world.actions.requests[0].message, "AlarmContributorAttributes")), R"({"Host":"a"})");
  EXPECT_EQ(
      text_or(world.actions.requests[0].message, "NewStateReason"),
      "Threshold Crossed: 1 datapoint was greater than the threshold (50.0). The most recent datapoint which crossed the threshold: [99.0 "
      "(22/11/26 12:00:00)].");
  EXPECT_EQ(world.actions.requests[2].action_arn, "arn:aws:ssm-incidents::123456789012:response-plan/p");
  // host a vanishes; b is calm again
  for (int minute = 0; minute < 6; ++minute) {
    world.load("b", 1);
    world.load("c", 1);
    world.run_for(1min);
  }
  EXPECT_EQ(world.alarm("fleet").state, AlarmState::ok);
  EXPECT_EQ(world.alarm("fleet").reason, "2 out of 2 time series evaluated to OK");
  const auto updates = world.history("AlarmContributorStateUpdate");
  ASSERT_EQ(updates.size(), 4u);
  EXPECT_EQ(updates[0].summary, "Alarm contributor updated from OK to ALARM");
  EXPECT_EQ(updates[2].summary, "Alarm contributor updated from ALARM to OK");
  EXPECT_EQ(updates[2].contributor_attributes, R"({"Host":"b"})");
  EXPECT_EQ(updates[3].contributor_attributes, R"({"Host":"a"})");
  EXPECT_NE(updates[3].data.find("No data was returned for this contributor"), std::string::npos);
}

TEST(InsightsAlarmStory, WithoutAnySeriesTheTreatmentOfMissingDataDecides) {
  InsightsWorld world;
  world.run_for(65s);
  EXPECT_EQ(world.alarm("fleet").state, AlarmState::alarm);
  EXPECT_EQ(world.alarm("fleet").reason,
            "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [Breaching].");
}

TEST(Contributors, AreToldByNumber) {
  EXPECT_EQ(contributors_reason(95, 150), "95 out of 150 time series evaluated to ALARM");
  EXPECT_EQ(contributors_reason(101, 150), "100+ time series evaluated to ALARM");
  EXPECT_EQ(contributor_id({{"a", "b"}}).size(), 16u);
  EXPECT_NE(contributor_id({{"a", "b"}}), contributor_id({{"a", "c"}}));
}

}  // namespace
}  // namespace tocsin::detect
