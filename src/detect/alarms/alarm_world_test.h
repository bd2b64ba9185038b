// Detection in virtual time, for stories.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/simulated_executor.h"
#include "detect/alarms/alarms.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/metrics/chunk_metric_store.h"
#include "telemetry/metrics/memory_ingest_log.h"

namespace tocsin::detect {
using namespace std::chrono_literals;

inline const Instant noon = instant_from_ms(1'795'348'800'000);  // 2026-11-22T12:00:00Z
inline const Scope scope{"123456789012", "eu-west-1"};

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
    timers = std::make_unique<delivery::Timers>(*state);
    EXPECT_TRUE(timers->migrate());
    alarms = std::make_unique<Alarms>(
        *state, random, *timers,
        [this](EventEnvelope event) { return events.push_back(std::move(event)), "event-" + std::to_string(events.size()); }, *data);
    EXPECT_TRUE(alarms->migrate());
    alarms->bind_actions(actions);
    store->start();
    alarms->start();
    timers->start();
    executor().run_ready();
  }
  void kill() {
    alarms.reset();
    timers.reset();
    // what the dead server had planned never runs
    executors.push_back(std::make_unique<SimulatedExecutor>(clock));
    state.reset();
    store.reset();
  }

  /// The clock is set while the server is down for a moment.
  void restart_at(Instant at) {
    kill();
    clock.set(at);
    boot();
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
  std::vector<std::string> event_types() {
    std::vector<std::string> types;
    for (const EventEnvelope& event : events) types.push_back(event.type);
    return types;
  }
  std::vector<EventEnvelope> state_events() {
    std::vector<EventEnvelope> found;
    for (const EventEnvelope& event : events)
      if (event.type == alarm_event_type) found.push_back(event);
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
  std::unique_ptr<delivery::Timers> timers;
  std::unique_ptr<Alarms> alarms;
};

}  // namespace tocsin::detect
