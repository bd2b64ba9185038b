#include <gtest/gtest.h>

#include "fuzz/mutate.h"
#include "telemetry/metrics/search/search_expression.h"

namespace tocsin::telemetry {
namespace {

TEST(SearchFuzz, AnyTextIsASearchOrAnError) {
  const MetricId metric{"AWS/EC2", "CPUUtilization", {{"InstanceId", "i-1"}}};
  fuzz::mutate({" {AWS/EC2,InstanceId} MetricName=\"CPUUtilization\" NOT i-1 ", "(EC2 OR EBS) AND MetricName=ReadOps",
                "\"InstanceId\"=(\"a\" OR \"b\")", R"x({"My Namespace", "D@N"}, "Custom\(x\)")x"},
               {"{", "}", "(", ")", "\"", "\\", "=", "OR", "AND", "NOT"}, 4000, [&](std::string_view text) {
      const auto parsed = parse_search(text);
      if (!parsed) {
        EXPECT_FALSE(parsed.error().message.empty());
        return;
      }
      // the answer is its own: NOT turns it round
      if (!parsed->terms || text.size() > 1000) return;
      const bool found = SearchExpression{{}, parsed->terms}.matches(metric);
      SearchNode negation{SearchNodeKind::negation, {}, {}, PartialTerm({}), {*parsed->terms}};
      EXPECT_NE((SearchExpression{{}, negation}.matches(metric)), found);
               });
    EXPECT_FALSE(parse_search(std::string(1000, '(')));
}

}  // namespace
}  // namespace tocsin::telemetry
