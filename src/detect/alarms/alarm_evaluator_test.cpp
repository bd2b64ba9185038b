#include "detect/alarms/alarm_evaluator.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/random.h"
#include "detect/alarms/alarm_reason.h"
#include "detect/alarms/service_json.h"

namespace tocsin::detect {
namespace {
using namespace std::chrono_literals;

std::vector<Mark> marks(std::string_view text) {
  std::vector<Mark> marks;
  for (const char c : text)
    if (c != ' ') marks.push_back(c == 'X' ? Mark::breaching : c == '0' ? Mark::ok : Mark::missing);
  return marks;
}

char letter(std::optional<AlarmState> state) {
  if (!state) return 'K';
  return *state == AlarmState::alarm ? 'A' : *state == AlarmState::ok ? 'O' : 'I';
}

struct Row {
  int m;
  const char* points;
  const char* expected;  ///< missing, ignore, breaching, notBreaching
};

// The guide's table: evaluation range 5, EvaluationPeriods 3.
constexpr Row table[] = {
    {3, "0 - X - X", "OOOO"}, {3, "0 - - - -", "OOOO"}, {3, "- - - - -", "IKAO"}, {3, "0 X X - X", "AAAA"}, {3, "- - X - -", "AKAO"},
    {2, "0 - X - X", "AAAA"}, {2, "0 0 X 0 X", "AAAA"}, {2, "0 - X - -", "OOAO"}, {2, "- - - - 0", "OOAO"}, {2, "- - - X -", "AKAO"},
};

TEST(Decide, GivesAllFortyCellsOfTheGuide) {
  constexpr MissingData treatments[] = {MissingData::missing, MissingData::ignore, MissingData::breaching, MissingData::not_breaching};
  for (const Row& row : table)
    for (int i = 0; i < 4; ++i)
      EXPECT_EQ(letter(decide(marks(row.points), 3, row.m, treatments[i])), row.expected[i])
          << row.m << " of " << row.points << " at " << i;
}

TEST(Decide, NeverNeedsMoreThanNPoints) {
  SeededRandom random(4);
  for (int i = 0; i < 2000; ++i) {
    const std::string points = random.letters("0X", 5);
    const auto state = decide(marks(points), 3, 2, static_cast<MissingData>(random.below(4)));
    const auto breaching = std::count(points.begin() + 2, points.end(), 'X');
    EXPECT_EQ(letter(state), breaching >= 2 ? 'A' : 'O') << points;
  }
}

constexpr std::int64_t ten_oclock_ms = 1'795'341'600'000;  // 2026-11-22T10:00:00Z

struct Story {
  std::int64_t n, m;
  Comparison comparison;
  double threshold;
  MissingData missing;
  AlarmState from;
  std::vector<std::optional<double>> points;  ///< one a minute, the newest at 10:00
  AlarmState to;
  const char* reason;
};

AlarmTerms terms_of(const Story& story) {
  AlarmTerms terms;
  terms.statistic = "Average";
  terms.evaluation_periods = story.n;
  terms.datapoints_to_alarm = story.m;
  terms.comparison = story.comparison;
  terms.threshold = story.threshold;
  terms.missing = story.missing;
  return terms;
}

std::vector<Datapoint> range_of(const std::vector<std::optional<double>>& values) {
  std::vector<Datapoint> range;
  for (std::size_t i = 0; i < values.size(); ++i)
    range.push_back({instant_from_ms(ten_oclock_ms) - 1min * static_cast<std::int64_t>(values.size() - 1 - i), values[i],
                     values[i] ? std::optional(1.0) : std::nullopt});
  return range;
}

constexpr auto O = AlarmState::ok, A = AlarmState::alarm, I = AlarmState::insufficient_data;
constexpr auto GT = Comparison::greater, GE = Comparison::greater_or_equal, LT = Comparison::less, LE = Comparison::less_or_equal;
constexpr std::nullopt_t none = std::nullopt;

const Story stories[] = {
    {1,
     1,
     GT,
     21,
     MissingData::missing,
     I,
     {21.5},
     A,
     "Threshold Crossed: 1 datapoint [21.5 (22/11/26 10:00:00)] was greater than the threshold (21.0)."},
    {1,
     1,
     GT,
     21,
     MissingData::missing,
     I,
     {20},
     O,
     "Threshold Crossed: 1 datapoint [20.0 (22/11/26 10:00:00)] was not greater than the threshold (21.0)."},
    {1,
     1,
     GT,
     50,
     MissingData::missing,
     O,
     {51.25},
     A,
     "Threshold Crossed: 1 out of the last 1 datapoints [51.25 (22/11/26 10:00:00)] was greater than the threshold (50.0) (minimum 1 "
     "datapoint for OK -> ALARM transition)."},
    {3,
     2,
     GE,
     50,
     MissingData::missing,
     O,
     {50, 10, 60},
     A,
     "Threshold Crossed: 2 out of the last 3 datapoints [60.0 (22/11/26 10:00:00), 50.0 (22/11/26 09:58:00)] were greater than or equal to "
     "the threshold (50.0) (minimum 2 "
     "datapoints for OK -> ALARM transition)."},
    {3,
     3,
     GT,
     50,
     MissingData::missing,
     A,
     {60, 60, 10},
     O,
     "Threshold Crossed: 1 out of the last 3 datapoints [10.0 (22/11/26 10:00:00)] was not greater than the threshold (50.0) (minimum 1 "
     "datapoint for ALARM -> OK transition)."},
    {3,
     2,
     LT,
     1,
     MissingData::missing,
     A,
     {0, 2, 3},
     O,
     "Threshold Crossed: 2 out of the last 3 datapoints [3.0 (22/11/26 10:00:00), 2.0 (22/11/26 09:59:00)] were not less than the "
     "threshold (1.0) (minimum 2 datapoints for "
     "ALARM -> OK transition)."},
    {2,
     2,
     LE,
     1,
     MissingData::missing,
     I,
     {1, 0.5},
     A,
     "Threshold Crossed: 2 datapoints [0.5 (22/11/26 10:00:00), 1.0 (22/11/26 09:59:00)] were less than or equal to the threshold (1.0)."},
    {2,
     2,
     GT,
     1,
     MissingData::breaching,
     O,
     {none, none, none, none},
     A,
     "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching]."},
    {1,
     1,
     GT,
     1,
     MissingData::not_breaching,
     A,
     {none, none, none},
     O,
     "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching]."},
    {3,
     3,
     GT,
     1,
     MissingData::breaching,
     O,
     {none, none, 2, none, none},
     A,
     "Threshold Crossed: 1 datapoint [2.0 (22/11/26 09:58:00)] was greater than the threshold (1.0) and 2 missing datapoints were treated "
     "as [Breaching]."},
    {2,
     1,
     GT,
     1,
     MissingData::breaching,
     O,
     {none, none, 0, none},
     A,
     "Threshold Crossed: 1 missing datapoint was treated as [Breaching]."},
    {2,
     2,
     GT,
     5,
     MissingData::missing,
     I,
     {none, none, none, 9},
     O,
     "Threshold Crossed: 1 out of the last 1 datapoints [9.0 (22/11/26 10:00:00)] was greater than the threshold (5.0) (minimum 2 "
     "datapoints for OK -> ALARM transition)."},
    {5, 5, GT, 1, MissingData::missing, O, {none, none, none, none, none, none, none}, I, "Insufficient Data: 5 datapoints were unknown."},
    {1, 1, GT, 1, MissingData::missing, A, {none, none, none}, I, "Insufficient Data: 1 datapoint was unknown."},
    {1,
     1,
     GT,
     1e7,
     MissingData::missing,
     O,
     {25'500'000.0},
     A,
     "Threshold Crossed: 1 out of the last 1 datapoints [2.55E7 (22/11/26 10:00:00)] was greater than the threshold (1.0E7) (minimum 1 "
     "datapoint for OK -> ALARM transition)."},
};

TEST(Evaluate, SpeaksTheServicesWords) {
  for (const Story& story : stories) {
    const auto verdict = evaluate(terms_of(story), story.from, range_of(story.points), instant_from_ms(ten_oclock_ms + 60'300));
    ASSERT_TRUE(verdict) << story.reason;
    EXPECT_EQ(verdict->state, story.to);
    EXPECT_EQ(verdict->reason, story.reason);
  }
}

TEST(Evaluate, GivesTheReasonAsDataOldestRecentPointFirst) {
  const auto verdict = evaluate(terms_of(stories[6]), I, range_of({1, 0.5}), instant_from_ms(ten_oclock_ms + 60'300));
  EXPECT_EQ(
      to_service_json(verdict->reason_data),
      R"({"version":"1.0","queryDate":"2026-11-22T10:01:00.300+0000","startDate":"2026-11-22T09:59:00.000+0000","statistic":"Average","period":60,)"
      R"("recentDatapoints":[1.0,0.5],"threshold":1.0,"evaluatedDatapoints":[{"timestamp":"2026-11-22T10:00:00.000+0000","sampleCount":1.0,"value":0.5},)"
      R"({"timestamp":"2026-11-22T09:59:00.000+0000","sampleCount":1.0,"value":1.0}]})");
}

TEST(Evaluate, StaysSilentWhileTheStateStays) {
  EXPECT_FALSE(evaluate(terms_of(stories[2]), A, range_of({60}), instant_from_ms(ten_oclock_ms)));
}

TEST(Evaluate, APercentileOfFewSamplesKeepsTheState) {
  const Document definition = Object{{"Namespace", "Shop"},
                                     {"MetricName", "Latency"},
                                     {"ExtendedStatistic", "p90"},
                                     {"Period", 60},
                                     {"EvaluationPeriods", 1},
                                     {"Threshold", 1},
                                     {"ComparisonOperator", "GreaterThanThreshold"},
                                     {"EvaluateLowSampleCountPercentile", "ignore"}};
  const AlarmTerms terms = *parse_terms(definition);
  ASSERT_TRUE(terms.samples_min);
  EXPECT_NEAR(*terms.samples_min, 100, 1e-9);
  auto range = range_of({none, none, 5});
  range[2].sample_count = 99;
  EXPECT_FALSE(evaluate(terms, O, range, instant_from_ms(ten_oclock_ms)));
  range[2].sample_count = 101;
  EXPECT_TRUE(evaluate(terms, O, range, instant_from_ms(ten_oclock_ms)));
  range = range_of({none, 5, none});
  range[1].sample_count = 99;
  EXPECT_FALSE(evaluate(terms, O, range, instant_from_ms(ten_oclock_ms))) << "the point that is judged, for want of a newer one";
  range = range_of({5, 5, none});
  range[0].sample_count = 99;
  range[1].sample_count = 101;
  EXPECT_TRUE(evaluate(terms, O, range, instant_from_ms(ten_oclock_ms))) << "an older one is not judged";
}

TEST(NumberText, IsThatOfTheService) {
  EXPECT_EQ(number_text(21), "21.0");
  EXPECT_EQ(number_text(0), "0.0");
  EXPECT_EQ(number_text(-0.5), "-0.5");
  EXPECT_EQ(number_text(0.001), "0.001");
  EXPECT_EQ(number_text(0.0001), "1.0E-4");
  EXPECT_EQ(number_text(1.5e10), "1.5E10");
  EXPECT_EQ(number_text(9'999'999), "9999999.0");
}

TEST(Terms, OfDynamoDbIgnoreMissingData) {
  const Document definition = Object{{"Namespace", "AWS/DynamoDB"},
                                     {"MetricName", "M"},
                                     {"Statistic", "Sum"},
                                     {"ComparisonOperator", "GreaterThanThreshold"},
                                     {"TreatMissingData", "breaching"}};
  EXPECT_EQ(parse_terms(definition)->missing, MissingData::ignore);
}

TEST(Terms, SayHowOftenAnAlarmIsEvaluated) {
  AlarmTerms terms;
  terms.period_s = 10;
  EXPECT_EQ(cadence_s(terms), 10);
  terms.period_s = 300;
  EXPECT_EQ(cadence_s(terms), 60);
  terms.period_s = 3600;
  terms.evaluation_periods = 25;
  EXPECT_EQ(cadence_s(terms), 3600);
}

TEST(Terms, WallClockWindowsEndWithTheirPeriod) {
  AlarmTerms terms;
  terms.wall_clock = std::make_shared<const WallClock>();
  terms.period_s = 7 * 86'400;
  const auto weeks = window_bounds(terms, instant_from_ms(ten_oclock_ms));
  ASSERT_EQ(weeks.size(), 2u) << "exactly N periods";
  EXPECT_EQ(weeks[1], instant_from_ms(ten_oclock_ms) - 6 * 24h - 10h) << "Monday the 16th";
  terms.wall_clock = std::make_shared<const WallClock>(WallClock::parse("Europe/Berlin").value());
  terms.period_s = 86'400;
  terms.evaluation_periods = 2;
  const auto days = window_bounds(terms, instant_from_ms(1'806'264'000'000));  // 2027-03-28T20:00Z
  const auto later = window_bounds(terms, instant_from_ms(1'806'264'000'000) + 24h);
  EXPECT_EQ(days[1] - days[0], 24h);
  EXPECT_EQ(later[2] - later[1], 23h) << "the clocks were changed on the 28th";
}

TEST(Evaluate, TellsTheCountsWhenTheyWereGiven) {
  AlarmTerms terms = terms_of(stories[0]);
  terms.counts_given = true;
  EXPECT_EQ(evaluate(terms, I, range_of({21.5}), instant_from_ms(ten_oclock_ms))->reason,
            "Threshold Crossed: 1 out of the last 1 datapoints [21.5 (22/11/26 10:00:00)] was greater than the threshold (21.0) (minimum 1 "
            "datapoint for OK -> ALARM transition).");
}

TEST(Evaluate, OfManyPointsTellsTheNewest) {
  AlarmTerms terms = terms_of(stories[2]);
  terms.evaluation_periods = terms.datapoints_to_alarm = 6;
  EXPECT_EQ(
      evaluate(terms, O, range_of({61, 62, 63, 64, 65, 66}), instant_from_ms(ten_oclock_ms))->reason,
      "Threshold Crossed: 6 out of the last 6 datapoints were greater than the threshold (50.0). The most recent datapoints which crossed "
      "the "
      "threshold: [66.0 (22/11/26 10:00:00), 65.0 (22/11/26 09:59:00), 64.0 (22/11/26 09:58:00), 63.0 (22/11/26 09:57:00), 62.0 (22/11/26 "
      "09:56:00)] (minimum 6 datapoints for OK -> ALARM transition).");
}

TEST(Evaluate, ABandTellsItsEdges) {
  AlarmTerms terms;
  terms.band_id = "ad1";
  terms.comparison = Comparison::outside_band;
  terms.metric_math = true;
  auto range = range_of({none, none, 0.0});
  range[2].lower = 0.5;
  range[2].upper = 1.5;
  const auto verdict = evaluate(terms, O, range, instant_from_ms(ten_oclock_ms));
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->reason,
            "Thresholds Crossed: 1 out of the last 1 datapoints [0.0 (22/11/26 10:00:00)] was less than the lower thresholds [0.5] or "
            "greater than "
            "the upper thresholds [1.5] (minimum 1 datapoint for OK -> ALARM transition).");
  EXPECT_EQ(to_service_json(verdict->reason_data),
            R"({"version":"1.0","queryDate":"2026-11-22T10:00:00.000+0000","startDate":"2026-11-22T10:00:00.000+0000","period":60,)"
            R"("recentDatapoints":[0.0],"recentLowerThresholds":[0.5],"recentUpperThresholds":[1.5],)"
            R"("evaluatedDatapoints":[{"timestamp":"2026-11-22T10:00:00.000+0000","sampleCount":1.0,"value":0.0}]})");
  range[2].value = 1.0;
  EXPECT_EQ(evaluate(terms, A, range, instant_from_ms(ten_oclock_ms))->reason,
            "Thresholds Crossed: 1 out of the last 1 datapoints [1.0 (22/11/26 10:00:00)] was not less than the lower thresholds [0.5] or "
            "not greater "
            "than the upper thresholds [1.5] (minimum 1 datapoint for ALARM -> OK transition).");
}

TEST(Evaluate, InsufficientDataTellsThePeriodsThatWereLookedAt) {
  const auto verdict = evaluate(terms_of(stories[2]), O, range_of({none, none, none}), instant_from_ms(ten_oclock_ms));
  EXPECT_EQ(
      to_service_json(verdict->reason_data),
      R"({"version":"1.0","queryDate":"2026-11-22T10:00:00.000+0000","statistic":"Average","period":60,"recentDatapoints":[],"threshold":50.0,)"
      R"("evaluatedDatapoints":[{"timestamp":"2026-11-22T10:00:00.000+0000"}]})");
}

TEST(Terms, KnowAQueryThatGroups) {
  const auto many = [](const char* expression) {
    return parse_terms(Object{{"ComparisonOperator", "GreaterThanThreshold"},
                              {"Metrics", Array{Object{{"Id", "q"}, {"Expression", expression}, {"Period", 60}}}}})
        ->many_series;
  };
  EXPECT_TRUE(many("SELECT AVG(Latency) FROM \"Shop\" GROUP BY Host"));
  EXPECT_TRUE(many("select max(x) from Shop where a = 'GROUP BY' group  by Host"));
  EXPECT_FALSE(many("SELECT AVG(Latency) FROM \"Shop\" WHERE Host = 'GROUP BY x'"));
  EXPECT_FALSE(many("m1 + m2"));
}

}  // namespace
}  // namespace tocsin::detect
