#include "telemetry/metrics/insights/insights_query.h"

#include <gmock/gmock.h>

namespace tocsin::telemetry {
namespace {
using testing::ElementsAre;

const Scope scope{"123456789012", "eu-west-1"};
const MetricId of_balancer{"AWS/ApplicationELB", "RequestCount", {{"AvailabilityZone", "a"}, {"LoadBalancer", "app/load-balancer-1"}}};

InsightsQuery must(std::string_view text) {
  auto query = parse_insights(text);
  EXPECT_TRUE(query) << text << ": " << (query ? "" : query.error().message);
  return query.value_or(InsightsQuery{});
}
bool finds(std::string_view text, const MetricId& metric) { return must(text).matches(scope, metric); }

TEST(InsightsQuery, AllClauses) {
  const InsightsQuery query = must(
      "select SUM(RequestCount)\nFROM SCHEMA(\"AWS/ApplicationELB\", LoadBalancer, AvailabilityZone)\nWHERE LoadBalancer = "
      "'app/load-balancer-1' "
      "AND AvailabilityZone != 'b' GROUP BY AvailabilityZone, tag.team ORDER BY MAX() DESC LIMIT 5");
  EXPECT_EQ(query.function, InsightsFunction::sum);
  EXPECT_EQ(query.metric_name, "RequestCount");
  EXPECT_THAT(*query.dimensions, ElementsAre("AvailabilityZone", "LoadBalancer"));
  EXPECT_EQ(query.limit, 5u);
  EXPECT_TRUE(query.order->descending);
  EXPECT_TRUE(query.matches(scope, of_balancer));
  EXPECT_THAT(query.group_of(scope, of_balancer), ElementsAre("a", "Other"));
}

TEST(InsightsQuery, ASchemaIsExactAndABareNamespaceIsAll) {
  EXPECT_TRUE(finds("SELECT AVG(RequestCount) FROM \"AWS/ApplicationELB\"", of_balancer));
  EXPECT_FALSE(finds("SELECT AVG(RequestCount) FROM SCHEMA(\"AWS/ApplicationELB\")", of_balancer));
  EXPECT_FALSE(finds("SELECT AVG(RequestCount) FROM SCHEMA(\"AWS/ApplicationELB\", LoadBalancer)", of_balancer));
  EXPECT_TRUE(finds("SELECT AVG(RequestCount) FROM SCHEMA(\"AWS/ApplicationELB\", AvailabilityZone, LoadBalancer)", of_balancer));
}

TEST(InsightsQuery, ConditionsOnAccountsAndTags) {
  const std::string select = "SELECT AVG(RequestCount) FROM \"AWS/ApplicationELB\" WHERE ";
  EXPECT_TRUE(finds(select + "AWS.AccountId = CURRENT_ACCOUNT_ID()", of_balancer));
  EXPECT_TRUE(finds(select + "AWS.AccountId = '123456789012'", of_balancer));
  EXPECT_FALSE(finds(select + "AWS.AccountId=444455556666", of_balancer));
  EXPECT_FALSE(finds(select + "tag.env = 'prod'", of_balancer));
  EXPECT_TRUE(finds(select + "tag.env != 'prod'", of_balancer));
}

TEST(InsightsQuery, NamesInQuotesMayHaveAnyCharacter) {
  EXPECT_EQ(must("SELECT AVG(\"Bytes\\\"Input\\\"\") FROM x").metric_name, "Bytes\"Input\"");
  EXPECT_EQ(must("SELECT AVG(\"LIMIT\") FROM \"My.Space\"").metric_name, "LIMIT");
}

TEST(InsightsQuery, WhatIsWrongIsSaidWithItsPlace) {
  const auto error = [](std::string_view text) {
    const auto query = parse_insights(text);
    return query ? "none" : query.error().message;
  };
  EXPECT_EQ(error("SELECT P99(a) FROM b"),
            "Invalid Metrics Insights query: expected one of AVG, COUNT, MAX, MIN, SUM, got 'P99' at position 7");
  EXPECT_EQ(error("SELECT AVG(a)"), "Invalid Metrics Insights query: expected FROM at position 13");
  EXPECT_EQ(error("SELECT AVG(LIMIT) FROM b"), "Invalid Metrics Insights query: expected a metric name, got 'LIMIT' at position 11");
  EXPECT_EQ(error("SELECT AVG(a) FROM AWS/EC2"), "Invalid Metrics Insights query: unexpected '/' at position 22");
  EXPECT_EQ(error("SELECT AVG(a) FROM b WHERE c = \"d\""),
            "Invalid Metrics Insights query: expected a label value in single quotation marks, got 'd' at position 31");
  EXPECT_EQ(error("SELECT AVG(a) FROM b WHERE c = 'd' OR c = 'e'"),
            "Invalid Metrics Insights query: expected the end of the query, got 'OR' at position 35");
  EXPECT_EQ(error("SELECT AVG(a) FROM b LIMIT 501"),
            "Invalid Metrics Insights query: expected a limit from 1 to 500, got '501' at position 27");
  EXPECT_EQ(error("SELECT AVG(a) FROM b ORDER BY AVG DESC"), "Invalid Metrics Insights query: expected '(', got 'DESC' at position 34");
}

}  // namespace
}  // namespace tocsin::telemetry
