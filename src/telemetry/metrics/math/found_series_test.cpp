// SEARCH and Metrics Insights, run over metrics.
#include <gmock/gmock.h>

#include "telemetry/metrics/math/given_metrics.h"
#include "telemetry/metrics/math/metric_query.h"

namespace tocsin::telemetry {
namespace {
using namespace std::chrono_literals;
using testing::ElementsAre;

const Instant start = instant_from_ms(1'795'003'200'000);

class FoundSeries : public testing::Test {
 protected:
  FoundSeries() {
    add("Errors", {{"FunctionName", "pay"}}, {1, 2});
    add("Errors", {{"FunctionName", "ship"}}, {10, NAN});
    add("Errors", {}, {100, 100});
    add("Duration", {{"FunctionName", "pay"}, {"Region", "eu"}}, {7, 8});
  }
  void add(const std::string& name, Dimensions dimensions, std::vector<double> values) {
    store.metrics[{"AWS/Lambda", name, std::move(dimensions)}] = std::move(values);
  }
  QueryAnswer run(const std::string& expression, const std::string& label = {}) {
    const std::vector<MetricQuery> queries = {{.id = "e1", .stat = {}, .expression = expression, .label = label, .period_s = 60}};
    auto answer = answer_queries(store, {queries, start, start + 2min, {}, {.scope = {"1", "r"}, .now = start + 2min}});
    EXPECT_TRUE(answer) << expression << ": " << (answer ? "" : answer.error().message);
    return answer.value_or(QueryAnswer{});
  }
  /// "label: values", one per result.
  static std::vector<std::string> shown(const QueryAnswer& answer) {
    std::vector<std::string> lines;
    for (const QueryResult& result : answer.results) {
      lines.push_back(result.label + ":");
      for (const TimeValue& point : result.points) lines.back() += ' ' + std::to_string(static_cast<int>(point.value));
    }
    return lines;
  }

  GivenMetrics store{start};
};

TEST_F(FoundSeries, ASearchGivesASeriesPerMetricLabelledByWhatTellsThemApart) {
  EXPECT_THAT(shown(run("SEARCH('{AWS/Lambda,FunctionName} Errors', 'Sum', 60)")), ElementsAre("pay: 1 2", "ship: 10"));
  EXPECT_THAT(shown(run("SEARCH('FunctionName=pay', 'Sum')")), ElementsAre("eu Duration: 7 8", "Errors: 1 2"));
  EXPECT_THAT(shown(run("SEARCH('{AWS/Lambda} Errors', 'Sum', 60)")), ElementsAre("Errors: 100 100"));
  EXPECT_THAT(shown(run("SUM(SEARCH('{AWS/Lambda,FunctionName} Errors', 'Sum', 60))")), ElementsAre("e1: 11 2"));
  EXPECT_THAT(shown(run("SEARCH('Nothing', 'Sum', 60)")), ElementsAre());
}

TEST_F(FoundSeries, ADynamicLabelIsThatOfEverySeriesFound) {
  EXPECT_THAT(shown(run("SEARCH('{AWS/Lambda,FunctionName} Errors ', 'Sum', 60)", "[max: ${MAX} Errors for Function Name ${LABEL}]")),
              ElementsAre("[max: 2 Errors for Function Name pay]: 1 2", "[max: 10 Errors for Function Name ship]: 10"));
  EXPECT_THAT(shown(run("FILL(SEARCH('{AWS/Lambda,FunctionName} Errors ', 'Sum', 60), 0)", "${PROP('Dim.FunctionName')} ${PROP('Stat')}")),
              ElementsAre("pay Sum: 1 2", "ship Sum: 10 0"));
  EXPECT_THAT(shown(run("SEARCH('{AWS/Lambda,FunctionName} Errors ', 'Sum', 60)", "Errors of")),
              ElementsAre("Errors of pay: 1 2", "Errors of ship: 10"));
}

TEST_F(FoundSeries, MoreThanFiveHundredAreCutAndItIsSaid) {
  for (int i = 0; i < 600; ++i) add("Many", {{"Host", std::to_string(i)}}, {1, 1});
  const QueryAnswer answer = run("SEARCH('Many', 'Sum', 60)");
  EXPECT_EQ(answer.results.size(), 500u);
  EXPECT_THAT(answer.messages, ElementsAre(QueryMessage{"MaxMetricsExceeded", "Maximum number of allowed metrics exceeded"}));
  const QueryAnswer insights = run("SELECT SUM(Many) FROM \"AWS/Lambda\" GROUP BY Host");
  EXPECT_EQ(insights.results.size(), 500u);
  EXPECT_EQ(insights.messages.front().code, "MaxQueryResultsExceeded");
}

TEST_F(FoundSeries, InsightsMergesObservations) {
  EXPECT_THAT(shown(run("SELECT SUM(Errors) FROM \"AWS/Lambda\"")), ElementsAre("e1: 111 102"));
  EXPECT_THAT(shown(run("SELECT COUNT(Errors) FROM SCHEMA(\"AWS/Lambda\", FunctionName)")), ElementsAre("e1: 2 1"));
  EXPECT_THAT(shown(run("SELECT AVG(Errors) FROM SCHEMA(\"AWS/Lambda\")")), ElementsAre("e1: 100 100"));
  EXPECT_THAT(shown(run("SELECT MAX(Errors) FROM \"AWS/Lambda\" WHERE FunctionName != 'ship' GROUP BY FunctionName")),
              ElementsAre("Other: 100 100", "pay: 1 2"));
  EXPECT_THAT(shown(run("SELECT MAX(Errors) FROM \"AWS/Lambda\" GROUP BY FunctionName ORDER BY MAX() DESC LIMIT 2", "top")),
              ElementsAre("top Other: 100 100", "top ship: 10"));
  EXPECT_THAT(shown(run("SELECT SUM(Nothing) FROM \"AWS/Lambda\"")), ElementsAre("e1:"));
}

TEST_F(FoundSeries, AQueryFeedsAnExpression) {
  const std::vector<MetricQuery> queries = {
      {.id = "q1", .stat = {}, .expression = "SELECT SUM(Errors) FROM \"AWS/Lambda\"", .label = {}, .return_data = false, .period_s = 60},
      {.id = "e1", .stat = {}, .expression = "q1 / 0", .label = {}},
      {.id = "e2", .stat = {}, .expression = "(1 - q1) * 100", .label = {}}};
  const auto answer = answer_queries(store, {queries, start, start + 2min, {}, {.scope = {"1", "r"}, .now = start + 2min}});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_THAT(shown(*answer), ElementsAre("e1:", "e2: -11000 -10100"));
  EXPECT_EQ(answer->results[0].messages.front().code, "ArithmeticError");
  EXPECT_TRUE(answer->results[1].messages.empty());
}

}  // namespace
}  // namespace tocsin::telemetry
