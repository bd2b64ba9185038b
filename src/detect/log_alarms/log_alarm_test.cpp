#include "detect/log_alarms/log_alarm.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace tocsin::detect {
namespace {

Document configuration(const char* query, const char* aggregation) {
  return Object{{"QueryString", query}, {"AggregationExpression", aggregation}};
}

TEST(LogAlarm, RunsTheQueryWithItsAggregationBehindIt) {
  EXPECT_EQ(query_of_log_alarm(configuration("filter level = 'ERROR'", "count(*)")), "filter level = 'ERROR' | stats count(*)");
  EXPECT_EQ(query_of_log_alarm(configuration("", "avg(ms) by host | sort desc")), "stats avg(ms) by host");
  EXPECT_EQ(query_of_log_alarm(configuration("fields ms |", "max(ms)")), "fields ms | stats max(ms)");
}

TEST(LogAlarm, NamesItsQueryAfterIt) {
  EXPECT_EQ(query_name_of("errors/web-1"), "log-alarm/errors/web-1");
  EXPECT_EQ(query_name_of("too many!"), "log-alarm/too#20many#21");
}

TEST(LogAlarm, ComparesTheWorstOfSeveralValues) {
  const auto values = values_of({{{"host", "a"}, {"avg(ms)", "12.5"}}, {{"host", "7"}, {"avg(ms)", "30"}}, {{"host", "c"}}});
  ASSERT_EQ(values.size(), 2u);
  EXPECT_EQ(worst_of(values, Comparison::greater)->value, 30);
  EXPECT_EQ(worst_of(values, Comparison::greater)->group, "host=7");
  EXPECT_EQ(worst_of(values, Comparison::less)->group, "host=a");
  EXPECT_FALSE(worst_of({}, Comparison::less));
}

TEST(LogAlarm, NeedsAThresholdAndMOfN) {
  const auto terms = [](const char* comparison, int m, int n) {
    return terms_of_log_alarm(
        Object{{"ComparisonOperator", comparison}, {"QueryResultsToAlarm", m}, {"QueryResultsToEvaluate", n}, {"Threshold", 1.0}});
  };
  EXPECT_TRUE(terms("GreaterThanThreshold", 2, 3));
  EXPECT_FALSE(terms("GreaterThanThreshold", 4, 3));
  EXPECT_FALSE(terms("GreaterThanUpperThreshold", 1, 1));
}

}  // namespace
}  // namespace tocsin::detect
