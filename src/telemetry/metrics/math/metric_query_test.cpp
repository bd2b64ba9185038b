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

INSTANTIATE_TEST_SUITE_P(Expressions, Math,
                         testing::Values(Case{"IF(m1,m2,m3)", {30, 0, 20, 0, none}}, Case{"IF(m1,5,m3)", {5, 5, 20, none, none}},
                                         Case{"IF(m1,m2,5)", {30, 0, 5, 5, none}}, Case{"m1 + m2", {31, 1, 0, 0, 30}},
                                         Case{"c / m1", {1, 2, none, none, none}}, Case{"2 + 3 * c", {5, 8, 14, 26, 50}},
                                         Case{"(2 + 3) * c", {5, 10, 20, 40, 80}}, Case{"-c ^ 2", {-1, -4, -16, -64, -256}},
                                         Case{"c > 2 AND c < 16", {0, 0, 1, 1, 0}}, Case{"c == 1 || c >= 16", {1, 0, 0, 0, 1}},
                                         Case{"FILL(m2, 7)", {30, 7, 0, 0, 30}}, Case{"FILL(m2, REPEAT)", {30, 30, 0, 0, 30}},
                                         Case{"FILL(m3, LINEAR)", {0, 0, 20, 20, 20}}, Case{"FILL(none, 3)", {3, 3, 3, 3, 3}},
                                         Case{"SUM([m1, m2])", {31, 1, 0, 0, 30}}, Case{"AVG([m1, m2])", {15.5, 1, 0, 0, 30}},
                                         Case{"c - MIN(c)", {0, 1, 3, 7, 15}}, Case{"c * 0 + AVG(c)", {6.2, 6.2, 6.2, 6.2, 6.2}},
                                         Case{"RATE(c)", {none, 1 / 60.0, 2 / 60.0, 4 / 60.0, 8 / 60.0}},
                                         Case{"c * PERIOD(c)", {60, 120, 240, 480, 960}}, Case{"MAX(METRICS(\"m\"))", {30, 1, 20, 0, 30}},
                                         Case{"RUNNING_SUM(c)", {1, 3, 7, 15, 31}}, Case{"TIME_SERIES(4)", {4, 4, 4, 4, 4}},
                                         Case{"c + METRIC_COUNT(METRICS())", {6, 7, 9, 13, 21}}, Case{"none + 1", {}},
                                         Case{"c + SUM(none)", {1, 2, 4, 8, 16}}));

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
  EXPECT_EQ(run("ANOMALY_DETECTION_BAND(c)").error().message, "Error in expression 'e1': Unsupported function 'ANOMALY_DETECTION_BAND'");
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
  EXPECT_EQ(run("FOO(m1)").error().message, "Error in expression 'e1': Unsupported function 'FOO'");
  EXPECT_EQ(run("5").error().message, "Error in expression 'e1': The result must be a time series or an array of time series");
  EXPECT_EQ(run("e1 + 1").error().message, "Error in expression 'e1': Circular reference to 'e1'");
  EXPECT_EQ(run("RATE(5)").error().message, "Error in expression 'e1': Unsupported operand type(s) for RATE");
}

}  // namespace
}  // namespace tocsin::telemetry
