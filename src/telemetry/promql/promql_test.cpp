#include <gtest/gtest.h>

#include "fuzz/mutate.h"
#include "telemetry/promql/promql_evaluator.h"

namespace tocsin::promql {
namespace {

class TwoSeries final : public SeriesSource {
 public:
  Result<std::vector<Series>> select(const std::vector<Matcher>& matchers, std::int64_t from_ms, std::int64_t to_ms) override {
    std::vector<Series> found;
    const auto set = MatcherSet::make(matchers);
    if (!set) return std::unexpected(set.error());
    for (const char* job : {"a", "b"}) {
      Series series{{{"__name__", "m"}, {"job", job}}, {}};
      if (!set->matches(series.labels)) continue;
      for (std::int64_t t = 0; t <= 600'000; t += 15'000)
        if (t >= from_ms && t <= to_ms) series.samples.push_back({t, static_cast<double>(t) / 1000});
      found.push_back(std::move(series));
    }
    return found;
  }
};

std::string error_of(std::string_view query) {
  const auto expr = parse_promql(query);
  return expr ? "none" : expr.error().message;
}

TEST(PromQlParser, RefusesInTheWordsOfTheLanguage) {
  EXPECT_EQ(error_of(""), "1:1: parse error: no expression found in input");
  EXPECT_EQ(error_of("m["), "1:3: parse error: unexpected end of input, expected duration");
  EXPECT_EQ(error_of("foo(m)"), "1:1: parse error: unknown function with name \"foo\"");
  EXPECT_EQ(error_of("rate(m)"), "1:1: parse error: expected type range vector in call to function \"rate\", got instant vector");
  EXPECT_EQ(error_of("1 > 2"), "1:3: parse error: comparisons between scalars must use BOOL modifier");
  EXPECT_EQ(error_of("{}"), "1:3: parse error: vector selector must contain at least one non-empty matcher");
  EXPECT_EQ(error_of("m and 1").find("set operator \"and\" not allowed in binary scalar expression") != std::string::npos, true);
  for (const char* query : {"m[5m:",
                            "m offset",
                            "sum(m",
                            "sum by (a m)",
                            "m{a=}",
                            "m{a=\"x",
                            "topk(m)",
                            "m[0s]",
                            "(m)[5m]",
                            "m[5m][5m]",
                            "5m",
                            "m{a=~\"(\"}",
                            "m @ x",
                            "m offset 1m offset 2m",
                            "-m[5m]",
                            "\"a\" + 1",
                            "count_values(1, m)",
                            "m[1m1h]",
                            "m bool + m",
                            "1 and 2",
                            "m + on(a) group_left(a) m",
                            "0xzz",
                            "1e",
                            "label_replace(m)",
                            "!",
                            "m{\"a\",\"b\"}"})
    EXPECT_NE(error_of(query), "none") << query;
}

TEST(PromQlParser, TakesWhatPeopleWrite) {
  for (const char* query : {"m",
                            "m:sum5m{a=\"b\",}",
                            "{\"http.server.duration\", \"@resource.service.name\"=\"api\"} > 0.5",
                            "sum by (job, ) (m)",
                            "sum(m) by (job)",
                            "m[5m:1m] ",
                            "max_over_time(m[1h30m])",
                            "m offset -5m",
                            "m @ start()",
                            "m @ 1.5",
                            "a + on() group_left() b",
                            "a unless b",
                            "Sum(m)",
                            "m # comment",
                            "sum {a=\"b\"}",
                            "bool",
                            "on",
                            "rate(m{x='y'}[1y1w1d1h1m1s1ms])",
                            "-1 ^ 2",
                            "(((m)))",
                            "+m",
                            "m == bool 1",
                            "avg without() (m)",
                            "Inf",
                            "NAN",
                            ".5",
                            "1e3",
                            "time() > bool 5",
                            "absent(m{job=~`a|b`})",
                            "vector(1)",
                            "quantile(0.9, m)",
                            "group_left",
                            "a % b atan2 c"})
    EXPECT_EQ(error_of(query), "none") << query;
}

TEST(PromQlParser, ReadsDurations) {
  EXPECT_EQ(parse_promql_duration("1h30m"), 5'400'000);
  EXPECT_EQ(parse_promql_duration("250ms"), 250);
  EXPECT_EQ(parse_promql_duration("1m500ms"), 60'500);
  for (const char* text : {"", "5", "m", "1m1h", "5x", "-5m", "1m1m", "99999999999999999999y"})
    EXPECT_FALSE(parse_promql_duration(text)) << text;
}

TEST(PromQl, StopsWhatCostsTooMuch) {
  TwoSeries source;
  const auto expr = parse_promql("sum_over_time(sum_over_time(m[10m:1s])[10m:1s])");
  const auto result = evaluate_promql(*expr, source, 600'000, {.samples_max = 10'000});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::limit_exceeded);
}

TEST(PromQlFuzz, AnyTextIsAQueryOrAnError) {
  TwoSeries source;
  fuzz::mutate(
      {"sum by (job) (rate(m{job=~\"a|b\"}[5m] offset 1m)) / on(job) group_left(x) m > bool 0.5",
       "histogram_quantile(0.9, sum(rate(m[5m])) by (le))", "max_over_time(avg_over_time(m[1m:10s] @ end())[5m:1m])",
       "label_replace(m, \"x\", \"${1}\", \"job\", \"(.*)\") or vector(0) unless m", "topk(2, -m ^ 2 % 7) and absent(m{a!=\"b\"})"},
      {"(", ")", "[5m]", "[5m:1m]", "{", "}", "by (a)", "on(job)", "bool", "offset", "@", "rate(", "and", "^", "\"", "1e9", "group_left"},
      4000, [&](std::string_view text) {
        const auto expr = parse_promql(text);
        if (expr) (void)evaluate_promql(*expr, source, 600'000, {.samples_max = 20'000});
      });
  EXPECT_FALSE(parse_promql(std::string(5000, '(')));
  EXPECT_FALSE(parse_promql(std::string(5000, '-') + "1"));
}

}  // namespace
}  // namespace tocsin::promql
