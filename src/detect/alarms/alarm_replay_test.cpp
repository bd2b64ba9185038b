#include "detect/alarms/alarm_replay.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <map>

namespace tocsin::detect {
namespace {
using namespace std::chrono_literals;

const Instant noon = instant_from_ms(1'795'348'800'000);
const Scope scope{"123456789012", "eu-west-1"};

/// A value a minute.
class Minutes final : public AlarmData {
 public:
  explicit Minutes(std::vector<double> values) : values_(std::move(values)) {}
  Result<std::vector<Datapoint>> datapoints(const Scope&, const AlarmTerms&, const std::vector<Instant>& bounds) override {
    std::vector<Datapoint> range;
    for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
      const auto minute = (bounds[i] - noon) / 1min;
      const bool there = minute >= 0 && static_cast<std::size_t>(minute) < values_.size();
      range.push_back({bounds[i], there ? std::optional(values_[static_cast<std::size_t>(minute)]) : std::nullopt, {}, {}, {}});
    }
    return range;
  }
  Result<ManySeries> series(const Scope&, const AlarmTerms&, const std::vector<Instant>&) override { return ManySeries{}; }
  Result<ManySeries> promql(const Scope&, const AlarmTerms&, Instant) override { return ManySeries{}; }

 private:
  std::vector<double> values_;
};

AlarmTerms terms(double threshold, const char* comparison = "GreaterThanThreshold") {
  return *parse_terms(Object{{"Namespace", "Shop"},
                             {"MetricName", "Latency"},
                             {"Statistic", "Average"},
                             {"Period", 60},
                             {"EvaluationPeriods", 2},
                             {"DatapointsToAlarm", 2},
                             {"Threshold", threshold},
                             {"ComparisonOperator", comparison}});
}

std::vector<double> with_two_outages() {
  std::vector<double> values;
  for (int i = 0; i < 600; ++i) values.push_back(40 + i % 10);
  for (int i = 100; i < 110; ++i) values[static_cast<std::size_t>(i)] = 70;
  for (int i = 400; i < 420; ++i) values[static_cast<std::size_t>(i)] = 200;
  return values;
}

TEST(Replay, TellsTheTransitionsThatAnAlarmWouldHaveMade) {
  Minutes data(with_two_outages());
  const auto steps = replay_steps(scope, terms(60), data, noon, noon + 600min);
  ASSERT_TRUE(steps);
  EXPECT_EQ(steps->size(), 600u);
  const auto transitions = replay_transitions(terms(60), *steps);
  ASSERT_EQ(transitions.size(), 5u);
  EXPECT_EQ(transitions[1].at, noon + 102min);
  EXPECT_EQ(transitions[1].reason,
            "Threshold Crossed: 2 out of the last 2 datapoints [70.0 (22/11/26 13:41:00), 70.0 (22/11/26 13:40:00)] were greater than the "
            "threshold "
            "(60.0) (minimum 2 datapoints for OK -> ALARM transition).");
}

TEST(Replay, SuggestsTheMostSensitiveThresholdThatIsQuietEnough) {
  Minutes data(with_two_outages());
  const auto steps = replay_steps(scope, terms(60), data, noon, noon + 600min).value();
  const auto both = suggest_threshold(terms(60), steps, 2), one = suggest_threshold(terms(60), steps, 1),
             none = suggest_threshold(terms(60), steps, 0);
  ASSERT_TRUE(both && one && none);
  EXPECT_LT(both->threshold, 70);
  EXPECT_GE(both->threshold, 45);
  EXPECT_EQ(both->alarms, 2u);
  EXPECT_EQ(one->alarms, 1u);
  EXPECT_GE(one->threshold, 70);
  EXPECT_EQ(none->alarms, 0u);
  EXPECT_GE(none->threshold, 200);
  const auto below = suggest_threshold(terms(60, "LessThanThreshold"), steps, 0);
  ASSERT_TRUE(below);
  EXPECT_LE(below->threshold, 41);
  EXPECT_FALSE(suggest_threshold(terms(60), {}, 0));
}

/// A series that is there from one minute to another.
class Hosts final : public AlarmData {
 public:
  Result<std::vector<Datapoint>> datapoints(const Scope&, const AlarmTerms&, const std::vector<Instant>&) override {
    return std::vector<Datapoint>{};
  }
  Result<ManySeries> series(const Scope&, const AlarmTerms&, const std::vector<Instant>& bounds) override {
    ManySeries many;
    for (const auto& [host, high_from] : hosts) {
      SeriesPoints series{{{"Host", host}}, {}};
      for (std::size_t i = 0; i + 1 < bounds.size(); ++i)
        series.range.push_back({bounds[i], bounds[i] >= high_from && bounds[i] < high_from + 5min ? 90.0 : 10.0, {}, {}, {}});
      many.series.push_back(std::move(series));
    }
    return many;
  }
  Result<ManySeries> promql(const Scope&, const AlarmTerms&, Instant at) override {
    ManySeries many;
    for (const auto& [host, high_from] : hosts)
      if (at >= high_from && at < high_from + 5min) many.series.push_back({{{"host", host}}, {}});
    return many;
  }
  std::map<std::string, Instant> hosts{{"a", noon + 10min}, {"b", noon + 12min}};
};

TEST(Replay, TellsWhatEachSeriesOfAGroupedAlarmWouldHaveDone) {
  AlarmTerms grouped = terms(60);
  grouped.many_series = true;
  Hosts data;
  const auto replay = replay_series(scope, grouped, data, noon, noon + 60min);
  ASSERT_TRUE(replay);
  EXPECT_EQ(replay->evaluations, 60u);
  std::vector<std::string> told;
  for (const ReplayTransition& each : replay->transitions)
    told.push_back(each.series + ' ' + std::string(to_text(each.to)) + ' ' + std::to_string((each.at - noon) / 1min));
  EXPECT_EQ(told, (std::vector<std::string>{" OK 1", "Host=a ALARM 12", " ALARM 12", "Host=b ALARM 14", "Host=a OK 16", "Host=b OK 18",
                                            " OK 18"}));
}

TEST(Replay, HoldsAPromQlAlarmForItsPendingPeriod) {
  AlarmTerms query = *parse_terms(Object{
      {"EvaluationCriteria", Object{{"PromQLCriteria", Object{{"Query", "up == 0"}, {"PendingPeriod", 120}, {"RecoveryPeriod", 60}}}}},
      {"EvaluationInterval", 60}});
  ASSERT_TRUE(query.promql);
  Hosts data;
  const auto replay = replay_series(scope, query, data, noon, noon + 60min);
  ASSERT_TRUE(replay);
  ASSERT_FALSE(replay->transitions.empty());
  EXPECT_EQ(replay->transitions.front().at, noon + 12min);
  EXPECT_EQ(replay->transitions.front().series, "host=a");
  EXPECT_EQ(replay->transitions.back().to, AlarmState::ok);
  EXPECT_EQ(replay->transitions.back().at, noon + 18min);
}

}  // namespace
}  // namespace tocsin::detect
