#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "telemetry/metrics/math/band_source.h"

namespace tocsin::telemetry {
namespace {
using namespace std::chrono_literals;

const Instant start = instant_from_ms(1'795'003'200'000);
constexpr double none = NAN;  // a missing point

/// Metrics by name, one value a minute.
class GivenStore final : public MetricStore {
 public:
  std::map<std::string, std::vector<double>> metrics;

  Result<void> put(const Scope&, const std::vector<MetricPoint>&) override { return {}; }
  std::vector<std::string> units(const Scope&, const MetricId&) override { return {}; }
  MetricPage list(const ListRequest&) override { return {}; }
  std::vector<PeriodAggregate> read(const ReadRequest& request) override {
    std::vector<PeriodAggregate> periods;
    const auto& values = metrics.at(request.metric.name);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (std::isnan(values[i])) continue;
      periods.push_back({start + static_cast<std::int64_t>(i) * 1min, {}});
      periods.back().aggregate.add(values[i]);
    }
    return periods;
  }
};

struct Case {
  const char* expression;
  std::vector<double> expected;
};

class Math : public testing::TestWithParam<Case> {
 protected:
  Result<std::vector<QueryResult>> run(const std::string& expression) {
    std::vector<MetricQuery> queries;
    std::size_t points = 1;
    for (const auto& [name, values] : store.metrics) {
      queries.push_back({.id = name,
                         .stat = MetricStat{.metric = {"N", name, {}}, .statistic = *parse_statistic("Sum"), .unit = {}},
                         .expression = {},
                         .label = {},
                         .return_data = false});
      points = std::max(points, values.size());
    }
    queries.push_back({.id = "e1", .stat = {}, .expression = expression, .label = {}});
    return run_queries(store, {}, queries, start, start + static_cast<std::int64_t>(points) * 1min, sources);
  }
  std::vector<double> values(const QueryResult& result) {
    std::vector<double> values(5, none);
    for (const TimeValue& point : result.points) values.at(static_cast<std::size_t>((point.time - start) / 1min)) = point.value;
    return values;
  }
  MathSources sources;
  // m1, m2, m3 are those of the guide's example of IF
  GivenStore store{[] {
    GivenStore given;
    given.metrics = {{"m1", {1, 1, 0, 0, none}},
                     {"m2", {30, none, 0, 0, 30}},
                     {"m3", {0, 0, 20, none, 20}},
                     {"c", {1, 2, 4, 8, 16}},
                     {"none", {none, none, none, none, none}}};
    return given;
  }()};
};

TEST_P(Math, Gives) {
  const auto results = run(GetParam().expression);
  ASSERT_TRUE(results) << results.error().message;
  ASSERT_EQ(results->size(), 1u);
  const auto got = values(results->front());
  for (std::size_t i = 0; i < 5; ++i) {
    const double expected = i < GetParam().expected.size() ? GetParam().expected[i] : none;
    EXPECT_TRUE(std::isnan(expected) ? std::isnan(got[i]) : std::abs(got[i] - expected) < 1e-9)
        << GetParam().expression << " at " << i << ": " << got[i];
  }
}

INSTANTIATE_TEST_SUITE_P(
    Expressions, Math,
    testing::Values(
        Case{"IF(m1,m2,m3)", {30, 0, 20, 0, none}}, Case{"IF(m1,5,m3)", {5, 5, 20, none, none}}, Case{"IF(m1,m2,5)", {30, 0, 5, 5, none}},
        Case{"m1 + m2", {31, 1, 0, 0, 30}}, Case{"c / m1", {1, 2, none, none, none}}, Case{"2 + 3 * c", {5, 8, 14, 26, 50}},
        Case{"(2 + 3) * c", {5, 10, 20, 40, 80}}, Case{"-c ^ 2", {-1, -4, -16, -64, -256}}, Case{"c > 2 AND c < 16", {0, 0, 1, 1, 0}},
        Case{"c == 1 || c >= 16", {1, 0, 0, 0, 1}}, Case{"FILL(m2, 7)", {30, 7, 0, 0, 30}}, Case{"FILL(m2, REPEAT)", {30, 30, 0, 0, 30}},
        Case{"FILL(m3, LINEAR)", {0, 0, 20, 20, 20}}, Case{"FILL(none, 3)", {3, 3, 3, 3, 3}}, Case{"SUM([m1, m2])", {31, 1, 0, 0, 30}},
        Case{"AVG([m1, m2])", {15.5, 0.5, 0, 0, 15}}, Case{"c - MIN(c)", {0, 1, 3, 7, 15}},
        Case{"c * 0 + AVG(c)", {6.2, 6.2, 6.2, 6.2, 6.2}}, Case{"RATE(c)", {none, 1 / 60.0, 2 / 60.0, 4 / 60.0, 8 / 60.0}},
        Case{"c * PERIOD(c)", {60, 120, 240, 480, 960}}, Case{"MAX(METRICS(\"m\"))", {30, 1, 20, 0, 30}},
        Case{"RUNNING_SUM(c)", {1, 3, 7, 15, 31}}, Case{"TIME_SERIES(4)", {4, 4, 4, 4, 4}},
        Case{"c + METRIC_COUNT(METRICS())", {6, 7, 9, 13, 21}}, Case{"none + 1", {}}, Case{"c + SUM(none)", {1, 2, 4, 8, 16}},
        Case{"c + MAX(none)", {}}, Case{"c / SUM(none)", {}}, Case{"IF(m1, m2)", {30, 0, none, none, none}},
        Case{"IF(c > 3, c)", {none, none, 4, 8, 16}}, Case{"IF(AVG(c) > 5, c, m1)", {1, 2, 4, 8, 16}}, Case{"IF(AVG(c) > 50, c)", {}},
        Case{"IF(c < 4, 10, 2)", {10, 10, 2, 2, 2}}, Case{"DIFF(m2)", {none, none, -30, 0, 30}},
        Case{"DIFF_TIME(m2)", {none, none, 120, 60, 60}}, Case{"MINUTE(none)", {0, 1, 2, 3, 4}}, Case{"HOUR(c)", {12, 12, 12, 12, 12}},
        Case{"DAY(c) * 10000 + MONTH(c) * 100 + DATE(c)", {31118, 31118, 31118, 31118, 31118}},
        Case{"YEAR(c)", {2026, 2026, 2026, 2026, 2026}}, Case{"EPOCH(c) - 1795003200", {0, 60, 120, 180, 240}},
        Case{"LAST(SORT([c, m1, m2], MAX, ASC))", {30, none, 0, 0, 30}}, Case{"FIRST(SORT([c, m1, m2], AVG, DESC))", {30, none, 0, 0, 30}},
        Case{"SUM(SORT([c, m1, m2], SUM, DESC, 1))", {30, none, 0, 0, 30}},
        Case{"SUM(SLICE(SORT([none, m1, c], SUM, ASC), 0, 1))", {1, 1, 0, 0, none}}, Case{"SUM(SLICE([m1, c, m2], 1))", {31, 2, 4, 8, 46}},
        Case{"DATAPOINT_COUNT([m1, m2, c])", {3, 2, 3, 3, 2}}, Case{"c * DATAPOINT_COUNT(m2)", {4, 8, 16, 32, 64}},
        Case{"c * METRIC_COUNT(REMOVE_EMPTY([none, c]))", {1, 2, 4, 8, 16}}, Case{"STDDEV([m1, c])", {0, 0.5, 2, 4, 0}},
        Case{"ABS(-c) + CEIL(c / 3) + FLOOR(c / 3)", {2, 3, 7, 13, 27}}, Case{"LOG10(m2 * 10 / 3)", {2, none, none, none, 2}}));

TEST_F(Math, ArraysGiveAResultEach) {
  const auto results = run("[m1, m2] * 2");
  ASSERT_TRUE(results);
  ASSERT_EQ(results->size(), 2u);
  EXPECT_EQ(results->at(0).label, "m1");
}

/// Each value ± k.
class GivenBands final : public BandSource {
 public:
  std::string asked;
  Result<Band> band(const BandRequest& request) override {
    asked = request.query ? request.query->id : "an expression";
    Band band{request.series, request.series};
    for (TimeValue& point : band.lower.points) point.value -= request.deviations;
    for (TimeValue& point : band.upper.points) point.value += request.deviations;
    return band;
  }
};

TEST_F(Math, ABandIsAskedOfItsSourceAndItsLastIsTheUpperEdge) {
  EXPECT_EQ(run("ANOMALY_DETECTION_BAND(c)").error().message,
            "Error in expression 'e1': Function 'ANOMALY_DETECTION_BAND' is not supported here");
  GivenBands bands;
  sources.bands = &bands;
  EXPECT_EQ(values(run("LAST(ANOMALY_DETECTION_BAND(c, 3))")->front()), (std::vector<double>{4, 5, 7, 11, 19}));
  EXPECT_EQ(values(run("FIRST(ANOMALY_DETECTION_BAND(c))")->front()), (std::vector<double>{-1, 0, 2, 6, 14}));
  EXPECT_EQ(bands.asked, "c");
  EXPECT_EQ(run("ANOMALY_DETECTION_BAND(c + c)")->size(), 2u);
  EXPECT_EQ(bands.asked, "an expression");
}

TEST_F(Math, ErrorsNameTheExpression) {
  EXPECT_EQ(run("m1 +").error().message, "Error in expression 'e1': Invalid syntax at position 4");
  EXPECT_EQ(run("m9").error().message, "Error in expression 'e1': Undefined variable 'm9'");
  EXPECT_EQ(run("FOO(m1)").error().message, "Error in expression 'e1': Function 'FOO' not found");
  EXPECT_EQ(run("5").error().message, "Error in expression 'e1': The result must be a time series or an array of time series");
  EXPECT_EQ(run("e1 + 1").error().message, "Error in expression 'e1': Circular reference to 'e1'");
  EXPECT_EQ(run("SORT(c, AVG, DESC)").error().message, "Error in expression 'e1': Unsupported operand type(s) for SORT");
  EXPECT_EQ(run("PERIOD(c + 1)").error().message, "Error in expression 'e1': Unsupported operand type(s) for PERIOD");
  EXPECT_EQ(run("[c, m1] + [c, m1]").error().message, "Error in expression 'e1': Unsupported operand type(s) for +");
  EXPECT_EQ(run("RATE(5)").error().message, "Error in expression 'e1': Unsupported operand type(s) for RATE");
}

}  // namespace
}  // namespace tocsin::telemetry
