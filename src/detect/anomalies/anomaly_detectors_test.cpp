// Stories of anomaly detectors: what a user defines and then sees, in virtual time, through restarts.
#include "detect/anomalies/anomaly_detectors.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cmath>
#include <numbers>

#include "base/simulated_executor.h"
#include "detect/anomalies/zone_offset.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/metrics/chunk_metric_store.h"
#include "telemetry/metrics/memory_ingest_log.h"

namespace tocsin::detect {
namespace {
using namespace std::chrono_literals;

const Instant noon = instant_from_ms(1'795'348'800'000);  // 2026-11-22T12:00:00Z
const Scope scope{"123456789012", "eu-west-1"};

Document latency(Object configuration = {}) {
  Object definition{{"SingleMetricAnomalyDetector",
                     Object{{"Namespace", "Shop"}, {"MetricName", "Latency"}, {"Dimensions", Array{}}, {"Stat", "Average"}}}};
  if (!configuration.empty()) definition["Configuration"] = std::move(configuration);
  return definition;
}

/// The metrics and the detectors of a server, which can be killed and started again.
class AnomalyDetectorsStory : public ::testing::Test {
 protected:
  ManualClock clock{noon};
  std::vector<std::unique_ptr<SimulatedExecutor>> executors;
  SeededRandom random{5};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  std::unique_ptr<storage::Database> telemetry_database = storage::open_memory_database();
  telemetry::MemoryIngestLog log;
  std::unique_ptr<telemetry::ChunkMetricStore> metrics;
  std::unique_ptr<storage::StateExecutor> state;
  std::unique_ptr<AnomalyDetectors> detectors;
  std::vector<EventEnvelope> events;

  void SetUp() override { boot(); }
  void boot() {
    executors.push_back(std::make_unique<SimulatedExecutor>(clock));
    metrics = std::make_unique<telemetry::ChunkMetricStore>(executor(), *telemetry_database, log);
    EXPECT_TRUE(metrics->open());
    state = std::make_unique<storage::StateExecutor>(executor(), *database);
    detectors = std::make_unique<AnomalyDetectors>(*state, random, *metrics, [this](EventEnvelope event) {
      events.push_back(std::move(event));
      return std::to_string(events.size());
    });
    EXPECT_TRUE(detectors->migrate());
    metrics->start();
    detectors->start();
    executor().run_ready();
  }
  void restart() {
    detectors.reset();
    state.reset();
    metrics.reset();
    boot();
  }

  SimulatedExecutor& executor() { return *executors.back(); }
  template <typename Work>
  auto in_unit(Work work) {
    std::optional<decltype(work())> result;
    state->submit([&]() -> Result<void> {
      result = work();
      return {};
    });
    executor().run_ready();
    return *result;
  }
  std::string put(const Document& definition) {
    return in_unit([&] { return detectors->put(scope, definition); }).value_or("refused");
  }
  std::vector<DetectorRecord> list() {
    return in_unit([&] { return detectors->store().list(scope, "", 0); });
  }
  TrainingState training() {
    return in_unit([&] { return detectors->state_of(list_now().front()); });
  }
  std::vector<DetectorRecord> list_now() { return detectors->store().list(scope, "", 0); }

  void record(Instant at, double value) {
    EXPECT_TRUE(metrics->put(scope, {{.metric = {"Shop", "Latency", {}}, .time = at, .sample = value}}));
  }
  double usual(Instant at) {
    const double day = static_cast<double>(to_seconds(at) % 86400) / 86400;
    return 100 + 40 * std::sin(day * 2 * std::numbers::pi) + 4 * (random.unit() - 0.5);
  }
  void record_past(Duration span, Duration step = 1min) {
    for (Instant at = clock.now() - span; at < clock.now(); at += step) record(at, usual(at));
  }
  void live(Duration span) {
    for (const Instant end = clock.now() + span; clock.now() < end; executor().run_for(1min)) record(clock.now(), usual(clock.now()));
  }
  telemetry::Band band(Instant from, Instant to, std::int64_t period_s = 60, double k = 2) {
    const std::vector<telemetry::MetricQuery> queries{
        {.id = "m1",
         .stat = telemetry::MetricStat{{"Shop", "Latency", {}}, period_s, *telemetry::parse_statistic("Average"), std::nullopt}}};
    const telemetry::SeriesValue series{.label = "Latency", .period_s = period_s, .points = {}};
    const telemetry::MathSpan span{from, to, period_s};
    const telemetry::BandRequest request{scope, queries, &queries[0], series, span, k};
    return in_unit([&] { return detectors->band(request); }).value_or(telemetry::Band{});
  }
  std::vector<telemetry::TimeValue> scores(Instant from, Instant to) {
    const auto metric = AnomalyDetectors::score_metric(list().front());
    return telemetry::read_statistic(*metrics, scope, {metric, 60, *telemetry::parse_statistic("Maximum"), std::nullopt}, from, to);
  }
};

TEST_F(AnomalyDetectorsStory, ADetectorOfAKnownMetricHasASeasonalBandAtOnce) {
  record_past(24h * 4);
  put(latency());
  EXPECT_EQ(training(), TrainingState::trained);
  const auto next = band(clock.now(), clock.now() + 6h, 300);
  ASSERT_EQ(next.lower.points.size(), 72u);
  for (std::size_t i = 0; i < next.lower.points.size(); ++i) {
    const double expected = (next.lower.points[i].value + next.upper.points[i].value) / 2;
    EXPECT_NEAR(expected, usual(next.lower.points[i].time), 12);
    EXPECT_LT(next.upper.points[i].value - next.lower.points[i].value, 30);
  }
}

TEST_F(AnomalyDetectorsStory, ItLearnsFromNothing) {
  put(latency());
  EXPECT_EQ(training(), TrainingState::pending);
  live(30min);
  EXPECT_EQ(training(), TrainingState::insufficient_data);
  live(2h);
  EXPECT_EQ(training(), TrainingState::trained);
}

TEST_F(AnomalyDetectorsStory, AnAnomalyIsAScoreAndAnEventThatExplainsItself) {
  record_past(24h * 5);
  put(latency());
  live(30min);
  ASSERT_TRUE(events.empty());
  const Instant at = clock.now();
  record(at, 400);
  executor().run_for(1min + 2s);
  const auto scored = scores(at, at + 1min);
  ASSERT_EQ(scored.size(), 1u);
  EXPECT_GE(scored[0].value, 0.5);
  EXPECT_EQ(scores(at - 30min, at).size(), 30u);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].type, "Anomaly Detected");
  EXPECT_EQ(text_or(events[0].detail, "season"), "day");
  EXPECT_NEAR(number_at(events[0].detail, "expected").value_or(0), usual(at), 10);
  EXPECT_GE(number_at(events[0].detail, "oneIn").value_or(0), 500);
  EXPECT_FALSE(text_or(events[0].detail, "reason").empty());
}

TEST_F(AnomalyDetectorsStory, ARestartForgetsNothingAndTellsNothingTwice) {
  record_past(24h * 3);
  put(latency());
  live(25min);
  record(clock.now(), 400);
  executor().run_for(2min);
  const auto before = band(clock.now() - 20min, clock.now() + 20min);
  ASSERT_EQ(events.size(), 1u);
  restart();
  executor().run_for(2min);
  EXPECT_EQ(events.size(), 1u);
  const auto after = band(before.lower.points.front().time, before.lower.points.back().time + 1min);
  ASSERT_EQ(after.lower.points.size(), before.lower.points.size());
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(after.lower.points[i], before.lower.points[i]);
}

TEST_F(AnomalyDetectorsStory, ABandOfThePastIsAsItWasThen) {
  record_past(24h * 6);
  put(latency());
  const auto past = band(clock.now() - 48h, clock.now() - 47h);
  ASSERT_EQ(past.upper.points.size(), 60u);
  record_past(0h);
  // what came later must not show: the same again from a server that knows no more
  for (const auto& point : past.upper.points) EXPECT_NEAR(point.value, usual(point.time), 25);
  EXPECT_TRUE(band(clock.now() - 24h * 6, clock.now() - 24h * 6 + 1h).lower.points.empty());
}

TEST_F(AnomalyDetectorsStory, ABandWithoutADetectorMakesOne) {
  record_past(6h);
  EXPECT_FALSE(band(clock.now() - 10min, clock.now()).lower.points.empty());
  ASSERT_EQ(list().size(), 1u);
  EXPECT_EQ(put(latency()), list().front().id);
  EXPECT_EQ(list().size(), 1u);
}

TEST_F(AnomalyDetectorsStory, ExcludedTimeIsNotLearnedFrom) {
  record_past(24h * 2, 5min);
  for (Instant at = clock.now() - 5h; at < clock.now(); at += 5min) record(at, 5000);
  put(latency({{"ExcludedTimeRanges", Array{Object{{"StartTime", to_ns(clock.now() - 5h)}, {"EndTime", to_ns(clock.now() + 1h)}}}}}));
  const auto next = band(clock.now(), clock.now() + 5min, 300);
  ASSERT_EQ(next.upper.points.size(), 1u);
  EXPECT_LT(next.upper.points[0].value, 300);
}

TEST_F(AnomalyDetectorsStory, AnotherConfigurationKeepsTheDetector) {
  const std::string id = put(latency());
  EXPECT_EQ(put(latency({{"MetricTimezone", "Europe/Berlin"}})), id);
  ASSERT_EQ(list().size(), 1u);
  EXPECT_TRUE(in_unit([&] { return detectors->remove(scope, latency()); }));
  EXPECT_FALSE(in_unit([&] { return detectors->remove(scope, id); }));
  EXPECT_TRUE(list().empty());
}

TEST_F(AnomalyDetectorsStory, AnExpressionIsWatchedLikeAMetric) {
  record_past(24h);
  const Object metric{{"Metric", Object{{"Namespace", "Shop"}, {"MetricName", "Latency"}}}, {"Period", 60}, {"Stat", "Average"}};
  put(Object{{"MetricMathAnomalyDetector",
              Object{{"MetricDataQueries", Array{Object{{"Id", "m1"}, {"MetricStat", metric}, {"ReturnData", false}},
                                                 Object{{"Id", "e1"}, {"Expression", "m1 * 2"}, {"ReturnData", true}}}}}}});
  EXPECT_EQ(training(), TrainingState::trained);
  EXPECT_EQ(put(Object{{"MetricMathAnomalyDetector", Object{{"MetricDataQueries", Array{}}}}}), "refused");
}

TEST(ZoneOffset, FollowsDaylightSaving) {
  EXPECT_EQ(zone_offset("Europe/Berlin", instant_from_ms(1'795'348'800'000)), 1h);
  EXPECT_EQ(zone_offset("Europe/Berlin", instant_from_ms(1'782'000'000'000)), 2h);
  EXPECT_EQ(zone_offset("Nowhere", noon), 0h);
}

}  // namespace
}  // namespace tocsin::detect
