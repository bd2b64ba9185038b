#include "telemetry/metrics/search/search_expression.h"

#include <gmock/gmock.h>

namespace tocsin::telemetry {
namespace {
using testing::ElementsAre;

const MetricId cpu{"AWS/EC2", "CPUUtilization", {{"InstanceId", "i-1234567890123456"}}};
const MetricId custom{"Shop", "CustomCount1", {}};
const MetricId network{"My Namespace", "Network-Errors-2", {{"Dimension@Name", "ProjectA"}, {"InstanceType", "t2.micro"}}};
const MetricId places{"Traffic", "Europe\\France Traffic(Network)", {}};

bool finds(std::string_view search, const MetricId& metric) {
  const auto parsed = parse_search(search);
  EXPECT_TRUE(parsed) << search << ": " << (parsed ? "" : parsed.error().message);
  return parsed && parsed->matches(metric);
}

TEST(SearchTokens, AreCutAtCapitalsDigitsAndPunctuation) {
  EXPECT_THAT(search_tokens("CustomCount1"), ElementsAre("Custom", "Count", "1"));
  EXPECT_THAT(search_tokens("SDBFailure"), ElementsAre("SDB", "Failure"));
  EXPECT_THAT(search_tokens("Project2-trial333"), ElementsAre("Project", "2", "trial", "333"));
  EXPECT_THAT(search_tokens("couNT"), ElementsAre("cou", "NT"));
}

TEST(Search, ATermOfOneTokenIgnoresCaseAndOneOfSeveralDoesNot) {
  for (const char* found : {"count", "Count", "COUNT", "CustomCount", "Count1", "customcount1"}) EXPECT_TRUE(finds(found, custom)) << found;
  for (const char* not_found : {"couNT", "customcount", "count1", "cust"}) EXPECT_FALSE(finds(not_found, custom)) << not_found;
  for (const char* found : {"network/errors", "network+errors", "network-errors", "Network_Errors"})
    EXPECT_TRUE(finds(found, network)) << found;
}

TEST(Search, QuotesAreTheWholeName) {
  EXPECT_TRUE(finds("\"CustomCount1\"", custom));
  EXPECT_FALSE(finds("\"customcount1\"", custom));
  EXPECT_FALSE(finds("\"Custom\"", custom));
  EXPECT_TRUE(finds("\"ProjectA\"", network));
  EXPECT_TRUE(finds(R"x("Europe\\France Traffic\(Network\)")x", places));
}

TEST(Search, TheBracesNameTheNamespaceAndTheExactDimensions) {
  EXPECT_TRUE(finds(" {AWS/EC2,InstanceId} MetricName=\"CPUUtilization\" ", cpu));
  EXPECT_TRUE(finds("{AWS/EC2, InstanceId}", cpu));
  EXPECT_FALSE(finds("{AWS/EC2}", cpu));
  EXPECT_FALSE(finds("{AWS/EC2,InstanceId,Other}", cpu));
  EXPECT_TRUE(finds("{\"My Namespace\", InstanceType, \"Dimension@Name\"}, Errors", network));
}

TEST(Search, PropertiesRestrictWhereATermIsLookedFor) {
  EXPECT_TRUE(finds("InstanceType=micro", network));
  EXPECT_TRUE(finds("InstanceType=\"t2.micro\" Namespace=\"My Namespace\"", network));
  EXPECT_FALSE(finds("MetricName=micro", network));
  EXPECT_TRUE(finds("\"InstanceId\"=(\"i-1\" OR \"i-1234567890123456\")", cpu));
  EXPECT_FALSE(finds("\"InstanceId\"=(\"i-1\" OR \"i-2\")", cpu));
  EXPECT_TRUE(finds("Namespace=AWS", cpu));
  EXPECT_FALSE(finds("NOT Namespace=AWS", cpu));
  EXPECT_TRUE(finds("NOT Namespace=AWS", custom));
}

TEST(Search, OperatorsCombineInTheirOrder) {
  EXPECT_TRUE(finds("CPU AND Utilization", cpu));
  EXPECT_TRUE(finds("(EC2 OR EBS) Utilization", cpu));
  EXPECT_FALSE(finds("EBS OR EC2 AND Errors", cpu));
  EXPECT_FALSE(finds("{AWS/EC2,InstanceId} MetricName=\"CPUUtilization\" NOT i-1234567890123456", cpu));
  EXPECT_TRUE(finds("MetricName=\"CPUUtilization\" NOT \"ProjectA\" NOT \"ProjectB\"", cpu));
  EXPECT_FALSE(finds("cpu or utilization", cpu));  // lower case: terms
}

TEST(Search, WhatIsNoSearchIsRefusedWithItsPlace) {
  for (const char* wrong : {"", "  ", "{}", "{AWS/EC2", "(EC2", "EC2)", "\"open", "a OR", "AND a", "NOT", "MetricName=", "-"})
    EXPECT_FALSE(parse_search(wrong)) << wrong;
  EXPECT_EQ(parse_search("(EC2").error().message, "Invalid SEARCH expression: invalid syntax at position 4");
  EXPECT_FALSE(parse_search(std::string(1025, 'a')));
}

}  // namespace
}  // namespace tocsin::telemetry
