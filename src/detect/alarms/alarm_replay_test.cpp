#include "detect/alarms/alarm_replay.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

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

}  // namespace
}  // namespace tocsin::detect
