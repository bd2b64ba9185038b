// Composites, their suppressors and mute rules, as their users see them.
#include "base/text_time.h"
#include "detect/alarms/alarm_world_test.h"

namespace tocsin::detect {
namespace {

constexpr const char* topic = "arn:aws:sns:eu-west-1:123456789012:all";

struct Composite : World {
  Composite() : World(noon + 5s) {
    for (const char* name : {"child", "maintenance"}) put_quiet(name);
    set("child", AlarmState::ok);
    set("maintenance", AlarmState::ok);
  }
  /// An alarm on a metric that nobody reports: it keeps the state that it is set to.
  void put_quiet(const std::string& name) {
    put_alarm(
        {{"AlarmName", name}, {"MetricName", "Nobody"}, {"TreatMissingData", "ignore"}, {"AlarmActions", Array{}}, {"OKActions", Array{}}});
  }
  void put_composite(Object more = {}) {
    Object definition{{"AlarmName", "outage"},
                      {"AlarmRule", "ALARM(child)"},
                      {"AlarmActions", Array{topic}},
                      {"OKActions", Array{topic}},
                      {"ActionsSuppressor", "maintenance"},
                      {"ActionsSuppressorWaitPeriod", 120},
                      {"ActionsSuppressorExtensionPeriod", 180}};
    for (const auto& [key, value] : more) definition[key] = value;
    ASSERT_TRUE(in_unit([&] { return alarms->put_composite(scope, definition, true, {}); }));
  }
  void set(const std::string& name, AlarmState state) {
    ASSERT_TRUE(in_unit([&] { return alarms->set_state(scope, name, state, "by hand", ""); }));
  }
  void mute(const std::string& alarm, const std::string& name, const std::string& at, const std::string& duration) {
    const Object rule{{"Name", name},
                      {"Rule", Object{{"Schedule", Object{{"Expression", at}, {"Duration", duration}}}}},
                      {"MuteTargets", Object{{"AlarmNames", Array{Document(alarm)}}}}};
    ASSERT_TRUE(in_unit([&] { return alarms->put_mute_rule(scope, rule, {}); }));
  }
  std::string acted() {
    std::string all;
    for (const AlarmActionRequest& each : actions.requests)
      all += std::string(to_text(each.new_state)) + ' ' + to_rfc3339(each.changed_at).substr(11, 8) + ' ';
    return all;
  }
  std::string newest_summary(const std::string& type) {
    const auto items = history(type);
    return items.empty() ? "" : items.back().summary;
  }
};

TEST(CompositeStory, WaitsForItsSuppressorThenActs) {
  Composite world;
  world.put_composite();
  world.run_for(5min);
  EXPECT_EQ(world.acted(), "OK 12:02:05 ") << "the first state is a flip too";
  world.set("child", AlarmState::alarm);
  EXPECT_EQ(world.alarm("outage").state, AlarmState::alarm);
  EXPECT_EQ(world.alarm("outage").suppression.by, SuppressedBy::wait_period);
  EXPECT_EQ(world.newest_summary("Action"), "Actions suppressed by WaitPeriod");
  const Document state = *find(world.state_events().back().detail, "state");
  EXPECT_EQ(text_or(state, "actionsSuppressedBy"), "WaitPeriod");
  EXPECT_EQ(text_or(state, "actionsSuppressedReason"), "Actions suppressed by WaitPeriod");
  world.run_for(3min);
  EXPECT_EQ(world.acted(), "OK 12:02:05 ALARM 12:07:05 ");
  EXPECT_EQ(world.alarm("outage").suppression, Suppression{});
  EXPECT_EQ(world.newest_summary("Action"), "Successfully executed action arn:aws:sns:eu-west-1:123456789012:all");
}

TEST(CompositeStory, StaysSilentUnderItsSuppressorAndActsAfterTheExtension) {
  Composite world;
  world.set("maintenance", AlarmState::alarm);
  world.put_composite();
  world.run_for(1min);
  world.set("child", AlarmState::alarm);
  EXPECT_EQ(world.alarm("outage").suppression.by, SuppressedBy::alarm);
  world.run_for(1h);
  EXPECT_EQ(world.acted(), "");
  world.set("maintenance", AlarmState::ok);
  EXPECT_EQ(world.alarm("outage").suppression.by, SuppressedBy::extension_period);
  world.kill();
  world.clock.advance(1min);
  world.boot();
  world.run_for(3min);
  EXPECT_EQ(world.acted(), "ALARM 13:04:05 ") << "the extension goes on over a restart";
}

TEST(CompositeStory, ACircleStopsAndIsBrokenByARule) {
  Composite world;
  world.put_composite({{"AlarmName", "a"}, {"AlarmRule", "ALARM(child)"}});
  world.put_composite({{"AlarmName", "b"}, {"AlarmRule", "ALARM(a)"}});
  world.put_composite({{"AlarmName", "a"}, {"AlarmRule", "ALARM(child) OR NOT ALARM(b)"}});
  world.set("child", AlarmState::alarm);
  world.set("child", AlarmState::ok);
  const auto remove = [&](std::vector<std::string> names) { return world.in_unit([&] { return world.alarms->remove(scope, names); }); };
  EXPECT_EQ(remove({"a"}).error().message, "Cannot delete a as there are composite alarm(s) depending on it.");
  EXPECT_EQ(remove({"child", "maintenance"}).error().message,
            "Cannot delete child,maintenance as there are composite alarm(s) depending on them.");
  EXPECT_EQ(remove({"a", "b"}).error().message, "You can delete only one composite alarm in a request.");
  world.put_composite({{"AlarmName", "a"}, {"AlarmRule", "FALSE"}});
  EXPECT_TRUE(remove({"b"}));
  EXPECT_TRUE(remove({"a", "child", "nobody"})) << "what is not there is passed over";
  EXPECT_FALSE(remove({"nobody"}));
}

TEST(CompositeStory, AChildIsIn150CompositesAtMost) {
  Composite world;
  for (int i = 0; i < 150; ++i) world.put_composite({{"AlarmName", "c" + std::to_string(i)}, {"ActionsSuppressorWaitPeriod", 0}});
  const Object one_more{{"AlarmName", "more"}, {"AlarmRule", "ALARM(child)"}};
  EXPECT_EQ(world.in_unit([&] { return world.alarms->put_composite(scope, one_more, true, {}); }).error().kind, ErrorKind::limit_exceeded);
  world.put_composite({{"AlarmName", "c7"}, {"AlarmRule", "OK(child)"}});
  world.set("child", AlarmState::alarm);
  EXPECT_EQ(world.alarm("c8").state, AlarmState::alarm);
}

TEST(MuteStory, ActionsAreHeldBackAndComeWhenTheWindowEnds) {
  Composite world;
  world.put_alarm({});
  world.mute("slow", "maintenance-window", "at(2026-11-22T12:00)", "PT10M");
  world.report(99);
  world.run_for(2min);
  EXPECT_EQ(world.alarm().state, AlarmState::alarm) << "it is evaluated all the same";
  EXPECT_EQ(world.acted(), "");
  EXPECT_EQ(world.newest_summary("Action"), "Alarm actions muted by alarm mute rule maintenance-window");
  const Document muted = *find(world.state_events().back().detail, "muteDetail");
  EXPECT_EQ(to_json(muted), R"({"mutedByArn":"arn:aws:cloudwatch:eu-west-1:123456789012:alarm-mute-rule:maintenance-window",)"
                            R"("muteWindowStart":"2026-11-22T12:00:00.000+0000","muteWindowEnd":"2026-11-22T12:10:00.000+0000"})");
  for (int i = 0; i < 9; ++i) world.report(99), world.run_for(1min);
  EXPECT_EQ(world.acted(), "ALARM 12:10:00 ");
}

TEST(MuteStory, WhatIsOverWhenTheWindowEndsIsNotTold) {
  Composite world;
  world.put_alarm({{"OKActions", Array{}}});
  world.mute("slow", "m", "at(2026-11-22T12:00)", "PT10M");
  for (int i = 0; i < 15; ++i) world.report(i < 3 ? 99 : 10), world.run_for(1min);
  EXPECT_EQ(world.acted(), "");
}

TEST(MuteStory, AnotherRuleGoesOnMutingAndDeletingItUnmutesAtOnce) {
  Composite world;
  world.put_alarm({{"TreatMissingData", "ignore"}});
  world.mute("slow", "first", "at(2026-11-22T12:00)", "PT10M");
  world.run_for(1s);
  world.mute("slow", "second", "cron(0 12 * * *)", "PT30M");
  world.set("slow", AlarmState::alarm);
  EXPECT_EQ(world.newest_summary("Action"), "Alarm actions muted by alarm mute rule second and 1 other active mute rule");
  world.run_for(15min);
  EXPECT_EQ(world.acted(), "");
  ASSERT_TRUE(world.in_unit([&]() -> Result<void> { return world.alarms->remove_mute_rule(scope, "second"), Result<void>{}; }));
  EXPECT_EQ(world.acted(), "ALARM 12:15:06 ");
}

TEST(MuteStory, WinsOverASuppressorWhichDecidesAfterIt) {
  Composite world;
  world.put_composite({{"OKActions", Array{}}});
  world.mute("outage", "m", "at(2026-11-22T12:00)", "PT30M");
  world.run_for(3min);
  world.set("child", AlarmState::alarm);
  world.run_for(10min);
  EXPECT_EQ(world.acted(), "") << "the wait is over, but it is muted";
  world.set("maintenance", AlarmState::alarm);
  world.run_for(30min);
  EXPECT_EQ(world.acted(), "") << "no longer muted, but suppressed";
  world.set("maintenance", AlarmState::ok);
  world.run_for(4min);
  EXPECT_EQ(world.acted(), "ALARM 12:46:05 ");
}

}  // namespace
}  // namespace tocsin::detect
