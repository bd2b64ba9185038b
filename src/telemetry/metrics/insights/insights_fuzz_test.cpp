#include <gtest/gtest.h>

#include "fuzz/mutate.h"
#include "telemetry/metrics/insights/insights_query.h"

namespace tocsin::telemetry {
namespace {

TEST(InsightsFuzz, AnyTextIsAQueryOrAnError) {
  const MetricId metric{"N", "M", {{"K", "v"}}};
  fuzz::mutate({"SELECT SUM(M) FROM SCHEMA(\"N\", K) WHERE K = 'v' AND tag.e != 'x' GROUP BY K, AWS.AccountId ORDER BY MAX() DESC LIMIT 5",
                "SELECT AVG(M) FROM N WHERE AWS.AccountId = CURRENT_ACCOUNT_ID()"},
               {"SELECT", "FROM", "SCHEMA", "WHERE", "'", "\"", "(", ")", ",", "!=", "tag.", "LIMIT"}, 4000, [&](std::string_view text) {
                 const auto query = parse_insights(text);
                 if (!query) {
                   EXPECT_FALSE(query.error().message.empty());
                   return;
                 }
                 EXPECT_LE(query->limit, 500u);
                 EXPECT_EQ(query->group_of({}, metric).size(), query->group_by.size());
                 query->matches({}, metric);
               });
}

}  // namespace
}  // namespace tocsin::telemetry
