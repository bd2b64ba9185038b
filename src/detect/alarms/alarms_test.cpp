#include "detect/alarms/alarms.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/metrics/chunk_metric_store.h"
#include "telemetry/metrics/memory_ingest_log.h"

namespace tocsin::detect {
namespace {
using namespace std::chrono_literals;

const Instant noon = instant_from_ms(1'795'348'800'000);  // 2026-11-22T12:00:00Z
const Scope scope{"123456789012", "eu-west-1"};

class RecordedActions final : public AlarmActions {
 public:
  Result<void> run(const AlarmActionRequest& request) override {
    requests.push_back(request);
    if (fails) return fail(ErrorKind::not_found, "No such topic");
    return {};
  }
  std::vector<AlarmActionRequest> requests;
  bool fails = false;
};

/// A server's detection in virtual time, that can be killed and started again.
class World {
 public:
  explicit World(Instant start) : clock(start) { boot(); }

  void boot() {
    store = std::make_unique<telemetry::ChunkMetricStore>(executor(), *telemetry_database, log,
                                                          telemetry::MetricStoreOptions{.sync_every = 10s});
    EXPECT_TRUE(store->open());
    data = std::make_unique<MetricAlarmData>(*store);
    state = std::make_unique<storage::StateExecutor>(executor(), *database);
    alarms = std::make_unique<Alarms>(
        *state, random,
        [this](EventEnvelope event) { return events.push_back(std::move(event)), "event-" + std::to_string(events.size()); }, *data);
    EXPECT_TRUE(alarms->migrate());
    alarms->bind_actions(actions);
    store->start();
    alarms->start();
    executor().run_ready();
  }
  void kill() {
    alarms.reset();
    // what the dead server had planned never runs
    executors.push_back(std::make_unique<SimulatedExecutor>(clock));
    state.reset();
    store.reset();
  }

  SimulatedExecutor& executor() { return *executors.back(); }
  void run_for(Duration span) { executor().run_for(span); }

  Result<void> in_unit(std::function<Result<void>()> work) {
    Result<void> result = fail(ErrorKind::internal, "never ran");
    state->submit([&] { return work(); }, [&](Result<void> done) { result = std::move(done); });
    executor().run_ready();
    return result;
  }
  void put_alarm(const Object& more) {
    Object definition{{"AlarmName", "slow"},
                      {"MetricName", "Latency"},
                      {"Namespace", "Shop"},
                      {"Statistic", "Average"},
                      {"Period", 60},
                      {"EvaluationPeriods", 1},
                      {"Threshold", 50.0},
                      {"ComparisonOperator", "GreaterThanThreshold"},
                      {"TreatMissingData", "missing"},
                      {"AlarmActions", Array{"arn:aws:sns:eu-west-1:123456789012:ops"}},
                      {"OKActions", Array{"arn:aws:ssm-incidents::123456789012:response-plan/p"}}};
    for (const auto& [key, value] : more) definition[key] = value;
    ASSERT_TRUE(in_unit([&] { return alarms->put_metric(scope, definition, true, {}); }));
  }
  void report(double value, Duration ago = 0s, bool high_resolution = false) {
    ASSERT_TRUE(store->put(
        scope, {{.metric = {"Shop", "Latency", {}}, .time = clock.now() - ago, .high_resolution = high_resolution, .sample = value}}));
  }
  AlarmRecord alarm(const std::string& name = "slow") {
    AlarmRecord found;
    EXPECT_TRUE(in_unit([&]() -> Result<void> {
      found = alarms->store().find(scope, name).value();
      return {};
    }));
    return found;
  }
  std::vector<HistoryItem> history(const std::string& type) {
    std::vector<HistoryItem> items;
    EXPECT_TRUE(in_unit([&]() -> Result<void> {
      items = alarms->store().history(scope, {.alarm_name = {},
                                              .kinds = {},
                                              .type = type,
                                              .from = {},
                                              .to = {},
                                              .oldest_first = true,
                                              .after_sequence = {},
                                              .count_max = 1000});
      return {};
    }));
    return items;
  }
  std::vector<std::string> transitions() {
    std::vector<std::string> summaries;
    for (const HistoryItem& item : history("StateUpdate")) summaries.push_back(item.summary);
    return summaries;
  }

  ManualClock clock;
  std::vector<std::unique_ptr<SimulatedExecutor>> executors = [this] {
    std::vector<std::unique_ptr<SimulatedExecutor>> first;
    first.push_back(std::make_unique<SimulatedExecutor>(clock));
    return first;
  }();
  SeededRandom random{1};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  std::unique_ptr<storage::Database> telemetry_database = storage::open_memory_database();
  telemetry::MemoryIngestLog log;
  std::vector<EventEnvelope> events;
  RecordedActions actions;
  std::unique_ptr<telemetry::ChunkMetricStore> store;
  std::unique_ptr<MetricAlarmData> data;
  std::unique_ptr<storage::StateExecutor> state;
  std::unique_ptr<Alarms> alarms;
};

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
  ASSERT_EQ(world.events.size(), 2u);
  EXPECT_EQ(world.events[1].type, "CloudWatch Alarm State Change");
  EXPECT_EQ(text_or(*find(world.events[1].detail, "previousState"), "value"), "OK");
  EXPECT_EQ(text_or(*find(world.events[1].detail, "state"), "timestamp"), "2026-11-22T12:02:02.000+0000");
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
  EXPECT_EQ(world.alarm().state_transitioned, noon + 52s);
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
  EXPECT_EQ(world.events.size(), 1u);
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
            "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:slow transitioned to ALARM at 2026-11-22T12:01:02Z");
  EXPECT_EQ(world.actions.requests.size(), 2u);
  const Object circle{{"AlarmName", "outage"}, {"AlarmRule", "NOT ALARM(outage)"}};
  EXPECT_TRUE(world.in_unit([&] { return world.alarms->put_composite(scope, circle, true, {}); })) << "a circle stops";
  const Object orphan{{"AlarmName", "x"}, {"AlarmRule", "ALARM(nobody)"}};
  EXPECT_EQ(world.in_unit([&] { return world.alarms->put_composite(scope, orphan, true, {}); }).error().message,
            "Could not save the composite alarm as alarms [nobody] in the alarm rule do not exist");
}

TEST(AlarmStory, AWarmingAlarmIsQuiet) {
  World world(noon + 5s);
  world.put_alarm({{"WarmUpConfiguration", Object{{"WarmUpPeriodDurationInMinutes", 5}}}});
  for (int i = 0; i < 6; ++i) {
    world.report(99);
    world.run_for(60s);
    EXPECT_TRUE(i >= 4 || world.transitions().empty()) << i;
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
  world.run_for(1s);
  EXPECT_EQ(world.transitions(), (std::vector<std::string>{first_ok, to_alarm, to_ok, "Alarm updated from OK to INSUFFICIENT_DATA"}));
  EXPECT_EQ(world.actions.requests.size(), 1u);
  EXPECT_EQ(world.history("StateUpdate").at(1).time, world.clock.now() - 1s) << "learnt now";
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

/// Random data, silence, late points; with `kills` the server dies at random moments, sometimes for minutes, in which nothing arrives (in
/// neither run).
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
    const Duration pause = 1s * static_cast<std::int64_t>(1 + random.below(40));
    const Duration down = random.below(10) == 0 ? 1s * static_cast<std::int64_t>(random.below(400)) : 0s;
    if (!silence) world.report(value, late, true);
    world.run_for(pause);
    if (down == 0s) continue;
    if (kills) {
      world.kill();
      world.clock.advance(down);
      world.boot();
      world.executor().run_until(world.clock.now());
    } else {
      world.run_for(down);
    }
  }
  std::vector<std::string> lives;
  for (const HistoryItem& item : world.history("StateUpdate")) {
    const Document data = parse_json(item.data).value();
    lives.push_back(item.alarm_name + ": " + text_or(*find(data, "newState"), "stateReason"));
  }
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
