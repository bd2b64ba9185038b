// Every statistic, read from the store after rolling up, against a computation over all the samples in a sorted list.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/metrics/chunk_metric_store.h"
#include "telemetry/metrics/memory_ingest_log.h"
#include "telemetry/metrics/statistic.h"

namespace tocsin::telemetry {
namespace {
using namespace std::chrono_literals;

const Instant midnight = instant_from_ms(1'795'305'600'000);  // 2026-11-22T00:00:00Z
constexpr double error_max = Distribution::relative_error_max * 1.001;

/// What the guide says, word for word, over samples in order.
class Oracle {
 public:
  explicit Oracle(std::vector<double> samples) : samples_(std::move(samples)) { std::sort(samples_.begin(), samples_.end()); }

  double count() const { return static_cast<double>(samples_.size()); }
  double sum() const { return sum_between(0, count()); }
  double percentile(double p) const {
    const double rank = std::ceil(p / 100 * count() - 1e-9);
    return samples_[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
  }
  /// The samples from one place to another, the first and last in part.
  double sum_between(double from, double to) const {
    double sum = 0;
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      const double at = static_cast<double>(i);
      sum += samples_[i] * std::clamp(std::min(at + 1, to) - std::max(at, from), 0.0, 1.0);
    }
    return sum;
  }
  double trimmed_sum(double low, double high) const { return sum_between(low / 100 * count(), high / 100 * count()); }
  double trimmed_count(double low, double high) const { return (high - low) / 100 * count(); }
  double trimmed_mean(double low, double high) const { return trimmed_sum(low, high) / trimmed_count(low, high); }
  double winsorized_mean(double low, double high) const {
    return (trimmed_sum(low, high) + low / 100 * count() * percentile(low) + (100 - high) / 100 * count() * percentile(high)) / count();
  }
  double rank(double value) const {
    return 100 * static_cast<double>(std::upper_bound(samples_.begin(), samples_.end(), value) - samples_.begin()) / count();
  }

 private:
  std::vector<double> samples_;
};

class StatisticsOracle : public testing::Test {
 protected:
  StatisticsOracle() { EXPECT_TRUE(store.open()); }

  double draw(int kind) {
    switch (kind) {
      case 0:
        return std::exp(random.unit() * 12 - 4);  // latencies
      case 1:
        return static_cast<double>(random.below(10));  // few values
      case 2:
        return random.below(3) == 0 ? 0 : 1e6 * random.unit();  // zeros and large ones
      default:
        return std::pow(10, random.unit() * 30 - 15);
    }
  }

  /// Puts single values, values with counts and statistic sets of equal values; gives all their samples.
  std::vector<double> put_hour(int kind, Instant start) {
    std::vector<double> samples;
    std::vector<MetricPoint> points;
    for (int i = 0; i < 600; ++i) {
      MetricPoint point{.metric = metric, .time = start + i * 6s, .high_resolution = i % 2 == 0, .sample = {}};
      const double value = draw(kind), other = draw(kind);
      const auto many = static_cast<double>(1 + random.below(4));
      if (i % 3 == 0) point.sample = value;
      if (i % 3 == 1) point.sample = std::vector<WeightedValue>{{value, many}, {other, 1}};
      if (i % 3 == 2) point.sample = StatisticSet{many, many * value, value, value};
      samples.insert(samples.end(), i % 3 == 0 ? 1 : static_cast<std::size_t>(many), value);
      if (i % 3 == 1) samples.push_back(other);
      points.push_back(std::move(point));
    }
    EXPECT_TRUE(store.put(scope, points));
    return samples;
  }

  double read(const std::string& name, Instant start) {
    const auto periods = store.read({.scope = scope, .metric = metric, .unit = {}, .start = start, .end = start + 1h, .period_s = 3600});
    EXPECT_EQ(periods.size(), 1u);
    return periods.empty() ? NAN : compute(*parse_statistic(name), periods[0].aggregate).value_or(NAN);
  }

  void compare(const Oracle& oracle, Instant start) {
    const auto near = [&](const std::string& name, double expected, double error) {
      EXPECT_NEAR(read(name, start), expected, std::abs(expected) * error + 1e-12) << name;
    };
    near("SampleCount", oracle.count(), 0);
    near("Sum", oracle.sum(), 1e-12);
    near("Average", oracle.sum() / oracle.count(), 1e-12);
    near("Minimum", oracle.percentile(0), 0);
    near("Maximum", oracle.percentile(100), 0);
    for (const double p : {1.0, 25.0, 50.0, 90.0, 99.0, 99.9}) near("p" + std::to_string(p), oracle.percentile(p), error_max);
    near("tm90", oracle.trimmed_mean(0, 90), error_max);
    near("TM(10%:95%)", oracle.trimmed_mean(10, 95), error_max);
    near("IQM", oracle.trimmed_mean(25, 75), error_max);
    near("WM(5%:80%)", oracle.winsorized_mean(5, 80), error_max);
    near("wm98", oracle.winsorized_mean(0, 98), error_max);
    near("ts75", oracle.trimmed_sum(0, 75), error_max);
    near("TC(20%:90%)", oracle.trimmed_count(20, 90), 1e-9);
    // a bound that is a value may lie within a bin: then the count is that of a bound up to two errors away
    for (const double bound : {0.5, 3.0, 400.0}) {
      const double rank = read("PR(:" + std::to_string(bound) + ")", start);
      EXPECT_GE(rank, oracle.rank(bound * (1 - 2 * error_max)) - 1e-9) << bound;
      EXPECT_LE(rank, oracle.rank(bound * (1 + 2 * error_max)) + 1e-9) << bound;
    }
  }

  ManualClock clock{midnight + 2h};
  SimulatedExecutor executor{clock};
  SeededRandom random{11};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  MemoryIngestLog log;
  ChunkMetricStore store{executor, *database, log};
  const Scope scope{"000000000000", "eu-west-1"};
  MetricId metric{"N", "M", {}};
};

TEST_F(StatisticsOracle, AgreesBeforeAndAfterEveryRollUp) {
  for (int kind = 0; kind < 4; ++kind) {
    clock.set(midnight + 2h);
    metric.name = "M" + std::to_string(kind);
    const Oracle oracle(put_hour(kind, midnight + 1h));
    compare(oracle, midnight + 1h);
    ASSERT_TRUE(store.flush());
    // by the minute, by five minutes, by the hour
    for (const Duration age : {24h * 1, 24h * 20, 24h * 80}) {
      clock.set(midnight + age);
      for (int i = 0; i < 50; ++i) store.roll_up(10'000);
      compare(oracle, midnight + 1h);
    }
  }
}

TEST_F(StatisticsOracle, SubMinutePeriodsAreThereForThreeHoursAndHighResolutionOnly) {
  clock.set(midnight + 2h);
  ASSERT_TRUE(store.put(scope, {{.metric = metric, .time = midnight + 1h, .high_resolution = true, .sample = 5.0},
                                {.metric = metric, .time = midnight + 1h + 1s, .high_resolution = false, .sample = 7.0}}));
  const ReadRequest by_second{
      .scope = scope, .metric = metric, .unit = {}, .start = midnight + 1h, .end = midnight + 1h + 1min, .period_s = 1};
  ASSERT_EQ(store.read(by_second).size(), 1u);
  ReadRequest by_minute = by_second;
  by_minute.period_s = 60;
  EXPECT_EQ(store.read(by_minute).at(0).aggregate.sum, 12);
  clock.set(midnight + 5h);
  EXPECT_TRUE(store.read(by_second).empty());
  EXPECT_EQ(store.read(by_minute).size(), 1u);
  clock.set(midnight + 24h * 16);
  EXPECT_TRUE(store.read(by_minute).empty());
  by_minute.period_s = 300;
  by_minute.end = by_minute.start + 300s;
  EXPECT_EQ(store.read(by_minute).at(0).aggregate.sum, 12);
}

}  // namespace
}  // namespace tocsin::telemetry
