#include "telemetry/logs/filters/filter_pattern.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "fuzz/input_count.h"

namespace tocsin::telemetry {
namespace {

bool matches(std::string_view pattern, std::string_view message) {
  const auto parsed = FilterPattern::parse(pattern);
  EXPECT_TRUE(parsed) << pattern << ": " << (parsed ? "" : parsed.error().message);
  return parsed && parsed->matches(message);
}

TEST(TextPattern, TermsAllOccurAndExcludedOnesDoNot) {
  EXPECT_TRUE(matches("", "anything"));
  EXPECT_TRUE(matches("\" \"", "anything"));
  EXPECT_TRUE(matches("ERROR ARGUMENTS", "[ERROR 400] INVALID ARGUMENTS"));
  EXPECT_FALSE(matches("ERROR ARGUMENTS", "[ERROR 401] UNAUTHORIZED"));
  EXPECT_FALSE(matches("error", "ERROR"));
  EXPECT_TRUE(matches("\"INTERNAL SERVER ERROR\"", "[ERROR 500] INTERNAL SERVER ERROR"));
  EXPECT_FALSE(matches("ERROR -ARGUMENTS", "[ERROR 400] INVALID ARGUMENTS"));
  EXPECT_TRUE(matches("?ERROR ?WARN", "WARN: disk"));
  EXPECT_FALSE(matches("?ERROR ?WARN", "INFO"));
  EXPECT_TRUE(matches("INFO ?ERROR", "INFO"));
  EXPECT_TRUE(matches("%AUTHORIZED%", "UNAUTHORIZED"));
  EXPECT_TRUE(matches("%4[0-9]{2}%", "status 404"));
}

TEST(TextPattern, LiteralsAreTheRequiredTerms) {
  EXPECT_EQ(FilterPattern::parse("a -b \"c d\" %e%")->literals(), (std::vector<std::string>{"a", "c d"}));
  EXPECT_TRUE(FilterPattern::parse("?a ?b")->literals().empty());
}

constexpr std::string_view login =
    R"({"eventType":"UpdateTrail","sourceIPAddress":"123.123.1.1","arrayKey":["value","another"],"objectList":[{"name":"a","id":1},{"name":"b","id":2}],)"
    R"("SomeObject":null,"ok":true,"status":404,"time":0.5,"a.b":"dotted"})";

TEST(JsonPattern, SelectsAndCompares) {
  EXPECT_TRUE(matches(R"({ $.eventType = "UpdateTrail" })", login));
  EXPECT_TRUE(matches(R"({ $.sourceIPAddress = 123.123.* })", login));
  EXPECT_TRUE(matches(R"({ $.sourceIPAddress != 10.* })", login));
  EXPECT_TRUE(matches(R"({ $.arrayKey[0] = "value" })", login));
  EXPECT_TRUE(matches(R"({ $.objectList[1].id = 2 })", login));
  EXPECT_TRUE(matches(R"({ $.objectList[*].name = "b" })", login));
  EXPECT_TRUE(matches(R"({ $.SomeObject IS NULL })", login));
  EXPECT_TRUE(matches(R"({ $.ok IS TRUE })", login));
  EXPECT_FALSE(matches(R"({ $.ok IS FALSE })", login));
  EXPECT_TRUE(matches(R"({ $.missing NOT EXISTS })", login));
  EXPECT_FALSE(matches(R"({ $.missing != "x" })", login));
  EXPECT_TRUE(matches(R"({ $.status >= 4e+2 && $.time < 1 })", login));
  EXPECT_TRUE(matches(R"({ ($.status = 1 || $.status = 404) && $.eventType = %Up.*Trail% })", login));
  EXPECT_TRUE(matches(R"({ $.['a.b'] = "dotted" })", login));
  EXPECT_FALSE(matches(R"({ $.objectList = "x" })", login));
  EXPECT_FALSE(matches(R"({ $.x = 1 })", "no json"));
}

constexpr std::string_view access = R"(127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534)";

TEST(DelimitedPattern, FieldsAreCountedAndCompared) {
  EXPECT_TRUE(matches("[ip, env, user, time, request, status, bytes]", access));
  EXPECT_FALSE(matches("[ip, env, user]", access));
  EXPECT_TRUE(matches("[..., status = 4*, bytes > 1000]", access));
  EXPECT_TRUE(matches("[ip, user, ...]", access));
  EXPECT_TRUE(matches("[..., request = *html*, status = 404 || status = 410, bytes]", access));
  EXPECT_FALSE(matches("[..., status != 404, bytes]", access));
  EXPECT_TRUE(matches("[w1 != \"%a%\", w2]", access));
  EXPECT_FALSE(matches("[w1 != \"%0%\", w2]", access));
  EXPECT_TRUE(matches("[w1 = %7.0%, ...]", access));
}

TEST(FilterPattern, BrokenPatternsAreRefused) {
  for (const char* pattern : {"foo-bar",
                              "\"open",
                              "%open",
                              "{ $.a }",
                              "{ $.a = }",
                              "{ $.a = 1",
                              "{ a = 1 }",
                              "{ $.a > \"x\" }",
                              "{ $.a[*].b[*] = 1 }",
                              "[a",
                              "\"\"",
                              "{ $.a = foo-bar }",
                              "{ $.a = 'x' }",
                              "%a!b%",
                              "%é%",
                              "%\\b%",
                              "[a = 1 && b = 2]",
                              "{ $.a IS NOT NULL }",
                              "{ $.a EXISTS }",
                              "{ $.a = %x% && $.b = %y% && $.c = %z% }",
                              "{ $.a[\"x\"] = 1 }",
                              "?",
                              "-",
                              "[..., ...]",
                              "%(a)%",
                              "{ $.a = 1 } x"})
    EXPECT_FALSE(FilterPattern::parse(pattern)) << pattern;
}

// Strategy: mutate valid patterns; parse; match what parsed. Invariant: no crash, no hang.
TEST(FilterPatternFuzz, AnyTextIsParsedOrRefused) {
  SeededRandom random{5};
  const std::vector<std::string> seeds = {R"({ ($.a.b[0] = "x*" || $.c IS NULL) && $.d NOT EXISTS })",
                                          "[ip, ..., status = 4* && x != %a+%, bytes > 1000]", "?a -\"b c\" %d[0-9]% e"};
  for (int i = 0; i < fuzz::input_count(6000); ++i) {
    std::string pattern = seeds[random.below(seeds.size())];
    for (std::uint64_t n = random.below(5); n > 0 && !pattern.empty(); --n) {
      const std::size_t at = random.below(pattern.size());
      if (random.below(2))
        pattern[at] = random.letters("{}[]()$.*%\"'=!<>&|? -ab0\\", 1)[0];
      else
        pattern.erase(at, random.below(4) + 1);
    }
    if (const auto parsed = FilterPattern::parse(pattern)) {
      (void)parsed->matches(login);
      (void)parsed->matches(access);
    }
  }
  EXPECT_FALSE(FilterPattern::parse("{" + std::string(1000, '(')));
}

}  // namespace
}  // namespace tocsin::telemetry
