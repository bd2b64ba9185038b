#include <gtest/gtest.h>

#include "fuzz/mutate.h"
#include "telemetry/metrics/math/metric_query.h"

namespace tocsin::telemetry {
namespace {

TEST(ExpressionFuzz, AnyTextIsAnExpressionOrAnError) {
  const std::vector<std::string> seeds = {"m1 + 2 * (m2 - 3) ^ 2", "IF(m1 > 5 AND m2 < 3, FILL(m1, 0), -m2)",
                                          "SUM(METRICS(\"m\")) / AVG([m1, m2])", "RATE(m1) >= 1e3 || m2 != 0", "FILL(m1, REPEAT)"};
  fuzz::mutate(seeds, {"(", ")", "[", "\"", "AND", "IF(", "METRICS(", "m1", "^", "-"}, 3000, [](std::string_view text) {
    const MetricStat stat{.metric = {"N", "M", {}}, .unit = {}};
    const auto checked = check_queries({{.id = "m1", .stat = stat, .expression = {}, .label = {}},
                                        {.id = "m2", .stat = stat, .expression = {}, .label = {}},
                                        {.id = "e", .stat = {}, .expression = std::string(text), .label = {}}});
    EXPECT_TRUE(checked || !checked.error().message.empty());
  });
  EXPECT_FALSE(check_queries({{.id = "e", .stat = {}, .expression = std::string(2048, '('), .label = {}}}));
  EXPECT_FALSE(check_queries({{.id = "e", .stat = {}, .expression = std::string(2047, '-') + '1', .label = {}}}));
}

}  // namespace
}  // namespace tocsin::telemetry
