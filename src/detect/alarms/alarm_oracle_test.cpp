// The evaluator against a slow and obvious oracle, on random histories: the rule alone (TOCSIN_LONG=1: 1,000,000 histories), and the whole
// way from points that come late, twice and out of order through the store.
#include <cmath>
#include <cstdlib>

#include "detect/alarms/alarm_evaluator.h"
#include "detect/alarms/alarm_world_test.h"

namespace tocsin::detect {
namespace {

/// A window as text, newest on the right: 0 calm, X breaching, - missing.
AlarmState oracle(const std::string& window, int n, int m, MissingData treatment, AlarmState current) {
  std::string real;
  for (const char c : window)
    if (c != '-') real += c;
  if (static_cast<int>(real.size()) >= n) {
    real = real.substr(real.size() - static_cast<std::size_t>(n));
    return std::count(real.begin(), real.end(), 'X') >= m ? AlarmState::alarm : AlarmState::ok;
  }
  const auto crosses = static_cast<int>(std::count(real.begin(), real.end(), 'X'));
  std::string filled = real;
  if (treatment == MissingData::breaching || treatment == MissingData::not_breaching) {
    while (static_cast<int>(filled.size()) < n) filled += treatment == MissingData::breaching ? 'X' : '0';
    return std::count(filled.begin(), filled.end(), 'X') >= m ? AlarmState::alarm : AlarmState::ok;
  }
  if (real.empty()) return treatment == MissingData::ignore ? current : AlarmState::insufficient_data;
  if (crosses >= m) return AlarmState::alarm;
  if (real.find('0') != std::string::npos) return AlarmState::ok;
  if (treatment == MissingData::ignore) return current;
  const auto age = static_cast<int>(window.size() - window.find('X'));
  return age >= m ? AlarmState::alarm : AlarmState::ok;
}

constexpr MissingData treatments[] = {MissingData::missing, MissingData::ignore, MissingData::breaching, MissingData::not_breaching};
constexpr Comparison comparisons[] = {Comparison::greater, Comparison::greater_or_equal, Comparison::less, Comparison::less_or_equal};

bool crosses(Comparison comparison, double value, double threshold) {
  if (comparison == Comparison::greater) return value > threshold;
  if (comparison == Comparison::greater_or_equal) return value >= threshold;
  return comparison == Comparison::less ? value < threshold : value <= threshold;
}

TEST(AlarmOracle, AgreesOnRandomHistories) {
  SeededRandom random(2026);
  const int histories = std::getenv("TOCSIN_LONG") ? 1'000'000 : 20'000;
  for (int history = 0; history < histories; ++history) {
    AlarmTerms terms;
    terms.evaluation_periods = 1 + static_cast<std::int64_t>(random.below(6));
    terms.datapoints_to_alarm = 1 + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(terms.evaluation_periods)));
    terms.missing = treatments[random.below(4)];
    terms.comparison = comparisons[random.below(4)];
    terms.threshold = 5;
    const std::uint64_t silence = random.below(10);
    std::vector<Datapoint> points;
    AlarmState state = AlarmState::insufficient_data, expected = state;
    const auto size = static_cast<std::size_t>(evaluation_range(terms));
    for (int step = 0; step < 12; ++step) {
      Datapoint point{.time = noon + 1min * step, .value = {}, .sample_count = {}, .lower = {}, .upper = {}};
      if (random.below(10) >= silence) point.value = static_cast<double>(random.below(11));
      points.push_back(point);
      if (points.size() < size) continue;
      const std::vector<Datapoint> range(points.end() - static_cast<std::ptrdiff_t>(size), points.end());
      std::string window;
      for (const Datapoint& each : range) window += !each.value ? '-' : crosses(terms.comparison, *each.value, terms.threshold) ? 'X' : '0';
      if (const auto verdict = evaluate(terms, state, range, noon)) {
        ASSERT_NE(verdict->state, state) << "a verdict is a change";
        state = verdict->state;
      }
      expected =
          oracle(window, static_cast<int>(terms.evaluation_periods), static_cast<int>(terms.datapoints_to_alarm), terms.missing, expected);
      ASSERT_EQ(state, expected) << window << " history " << history;
    }
  }
}

/// All points that were put, looked at anew for each evaluation.
struct Known {
  Instant time;
  double value;
};

std::string window_of(const std::vector<Known>& points, Instant end, std::int64_t period_s, std::int64_t range, double threshold) {
  std::string window;
  for (std::int64_t i = range; i > 0; --i) {
    const Instant from = end - std::chrono::seconds(period_s) * i, to = from + std::chrono::seconds(period_s);
    double sum = 0;
    int count = 0;
    for (const Known& point : points)
      if (point.time >= from && point.time < to) sum += point.value, ++count;
    window += count == 0 ? '-' : sum / count > threshold ? 'X' : '0';
  }
  return window;
}

TEST(AlarmOracle, AgreesOnPointsThatComeLateTwiceAndOutOfOrder) {
  const std::uint64_t lives = std::getenv("TOCSIN_LONG") ? 300 : 6;
  for (std::uint64_t seed = 1; seed <= lives; ++seed) {
    World world(noon + 1s);
    SeededRandom random(seed);
    const std::int64_t period_s = std::array<std::int64_t, 3>{10, 60, 300}[random.below(3)], cadence_s = period_s < 60 ? 10 : 60;
    const int n = 1 + static_cast<int>(random.below(4)), m = 1 + static_cast<int>(random.below(static_cast<std::uint64_t>(n)));
    const MissingData treatment = treatments[random.below(4)];
    constexpr const char* names[] = {"missing", "ignore", "breaching", "notBreaching"};
    world.put_alarm({{"Period", period_s},
                     {"EvaluationPeriods", n},
                     {"DatapointsToAlarm", m},
                     {"TreatMissingData", names[&*std::find(std::begin(treatments), std::end(treatments), treatment) - treatments]}});
    std::vector<Known> points;
    std::vector<std::string> expected, got;
    AlarmState state = AlarmState::insufficient_data;
    const Duration settle = period_s < 60 ? Duration(250ms) : Duration(2s);
    for (int tick = 1; tick <= 150; ++tick) {
      const Instant at = noon + std::chrono::seconds(cadence_s * tick);
      world.executor().run_until(at - 1s);
      for (std::uint64_t i = random.below(3); i > 0; --i) {
        const Duration late = 1s * static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(period_s * 3)));
        const double value = static_cast<double>(random.below(100));
        for (std::uint64_t twice = random.below(4) == 0 ? 2 : 1; twice > 0; --twice) {
          world.report(value, late, true);
          points.push_back({world.clock.now() - late, value});
        }
      }
      world.executor().run_until(at + settle);
      const AlarmState next = oracle(window_of(points, at, period_s, n + 2, 50), n, m, treatment, state);
      if (next != state) expected.push_back(std::to_string(tick) + ' ' + std::string(to_text(next)));
      state = next;
      ASSERT_EQ(world.alarm().state, state) << "seed " << seed << " tick " << tick;
    }
    ASSERT_EQ(world.transitions().size(), expected.size());
  }
}

TEST(ClockStory, AStepForwardMakesNoFalseTransitionAndLosesNone) {
  World world(noon + 1s);
  world.put_alarm({{"EvaluationPeriods", 2}, {"DatapointsToAlarm", 2}, {"TreatMissingData", "breaching"}});
  const auto minutes = [&](int count, double value) {
    for (int i = 0; i < count; ++i) world.report(value), world.run_for(1min);
  };
  minutes(5, 10);
  world.clock.advance(1h);
  minutes(5, 10);
  EXPECT_EQ(world.transitions(), (std::vector<std::string>{"Alarm updated from INSUFFICIENT_DATA to OK"}));
  minutes(5, 99);
  EXPECT_EQ(world.transitions().back(), "Alarm updated from OK to ALARM");
  world.run_for(10min);
  EXPECT_EQ(world.alarm().state, AlarmState::alarm) << "true silence is breaching here";
}

TEST(ClockStory, AStepBackMakesNoFalseTransitionAndLosesNone) {
  World world(noon + 1s);
  world.put_alarm({{"EvaluationPeriods", 2}, {"DatapointsToAlarm", 2}});
  const auto minutes = [&](int count, double value) {
    for (int i = 0; i < count; ++i) world.report(value), world.run_for(1min);
  };
  minutes(70, 10);
  minutes(5, 99);
  ASSERT_EQ(world.alarm().state, AlarmState::alarm);
  // what had its time in the old hour is due in the new one
  world.restart_at(world.clock.now() - 1h);
  minutes(10, 1000);
  EXPECT_EQ(world.transitions(),
            (std::vector<std::string>{"Alarm updated from INSUFFICIENT_DATA to OK", "Alarm updated from OK to ALARM"}));
  for (int i = 0; i < 5; ++i) world.report(-5000), world.run_for(1min);
  EXPECT_EQ(world.transitions().back(), "Alarm updated from ALARM to OK");
}

}  // namespace
}  // namespace tocsin::detect
