#include "telemetry/logs/filters/selection_criteria.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "fuzz/input_count.h"

namespace tocsin::telemetry {
namespace {

const std::vector<std::string_view> fields = {"@aws.account", "@aws.region"};

bool selects(std::string_view text) {
  const auto criteria = SelectionCriteria::parse(text, fields);
  EXPECT_TRUE(criteria) << text;
  return criteria && criteria->selects([](std::string_view field) { return field == "@aws.account" ? "123456789012" : "us-east-1"; });
}

TEST(SelectionCriteria, ComparesTheOriginOfEvents) {
  EXPECT_TRUE(selects(""));
  EXPECT_TRUE(selects(R"(@aws.region = "us-east-1")"));
  EXPECT_FALSE(selects(R"(@aws.region != "us-east-1")"));
  EXPECT_TRUE(selects(R"(@aws.account IN ["123456789012", "987654321098"])"));
  EXPECT_TRUE(selects(R"(@aws.region NOT IN ["cn-north-1"])"));
  EXPECT_TRUE(selects(R"(@aws.account = "123456789012" AND @aws.region = "us-east-1")"));
  EXPECT_TRUE(selects(R"((@aws.account = "1" OR @aws.region = 'us-east-1') AND @aws.account != "2")"));
}

TEST(SelectionCriteria, BrokenOnesAreRefused) {
  for (const char* text :
       {"x = \"1\"", "@aws.region", "@aws.region = us", "@aws.region IN [", "@aws.region = \"a\" x", "@aws.region = \"a"})
    EXPECT_FALSE(SelectionCriteria::parse(text, fields)) << text;
}

// Strategy: damage a valid text. Invariant: no crash.
TEST(SelectionCriteriaFuzz, AnyTextIsParsedOrRefused) {
  SeededRandom random{3};
  for (int i = 0; i < fuzz::input_count(3000); ++i) {
    std::string text = R"((@aws.account IN ["1", '2'] OR @aws.region != "x") AND @aws.region NOT IN ["y"])";
    for (int n = 0; n < 3 && !text.empty(); ++n) text.erase(random.below(text.size()), random.below(3));
    (void)SelectionCriteria::parse(text, fields);
  }
  EXPECT_FALSE(SelectionCriteria::parse(std::string(5000, '('), fields));
}

}  // namespace
}  // namespace tocsin::telemetry
