// The examples of the guide and of the API's reference, one line each.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TestMetricFilter.html
#include <gtest/gtest.h>

#include "base/random.h"
#include "telemetry/logs/filters/filter_pattern.h"

namespace tocsin::telemetry {
namespace {

struct Case {
  std::string_view pattern, message;
  bool matches;
};

void check(std::initializer_list<Case> cases) {
  for (const Case& each : cases) {
    const auto pattern = FilterPattern::parse(each.pattern);
    ASSERT_TRUE(pattern) << each.pattern << ": " << pattern.error().message;
    EXPECT_EQ(pattern->matches(each.message), each.matches) << each.pattern << " against " << each.message;
  }
}

TEST(DocumentedCases, Regex) {
  check({{"%AUTHORIZED%", "[ERROR 401] UNAUTHORIZED REQUEST", true},
         {"%AUTHORIZED%", "[SUCCESS 200] AUTHORIZED REQUEST", true},
         {"%^[hc]at%", "hat", true},
         {"%^[hc]at%", "a hat", false},
         {"%[hc]at$%", "a cat", true},
         {"%[hc]at$%", "a cat sat", false},
         {"%colou?r%", "color", true},
         {"%colou?r%", "colour", true},
         {"%[abcx-z]%", "y", true},
         {"%[abcx-z]%", "m", false},
         {"%a{3,5}%", "aaa", true},
         {"%a{3, 5}%", "aaaa", true},
         {"%^a{,2}$%", "aa", true},
         {"%^a{,2}$%", "aaa", false},
         {"%a{3,5}%", "aa", false},
         {"%gray|grey%", "a grey cat", true},
         {"%^starting|^initializing|^shutting down%", "shutting down now", true},
         {"%^starting|^initializing|^shutting down%", "skipping initializing ...", false},
         {"%abcc|ab[^c]$%", "aba", true},
         {"%abcc|ab[^c]$%", "aac ...", false},
         {"%\\[.\\]%", "[7]", true},
         {"%10\\.10\\.0\\.1%", "from 10.10.0.1", true},
         {"%10\\.10\\.0\\.1%", "10010,051", false},
         {"%10.10.0.1%", "10010,051", true},
         {"%ab*c%", "ac", true},
         {"%ab+c%", "ac", false},
         {"%.at%", " at", true},
         {"%\\d%", "a1", true},
         {"%^\\D$%", "1", false},
         {"%a\\sb%", "a\tb", true},
         {"%\\x3A%", "a:b", true},
         {"%\\x28%", "f(x", true}});
}

TEST(DocumentedCases, Text) {
  const std::string_view bad = "[ERROR 400] BAD REQUEST", unauthorized = "[ERROR 401] UNAUTHORIZED REQUEST",
                         missing = "[ERROR 419] MISSING ARGUMENTS", invalid = "[ERROR 420] INVALID ARGUMENTS";
  check({{"ERROR", bad, true},
         {"ERROR ARGUMENTS", missing, true},
         {"ERROR ARGUMENTS", invalid, true},
         {"ERROR ARGUMENTS", bad, false},
         {"?ERROR ?ARGUMENTS", unauthorized, true},
         {"?ERROR ?ARGUMENTS REQUEST", "[INFO] REQUEST FAILED", true},
         {"?ERROR ?ARGUMENTS REQUEST", "[INFO] no", false},
         {"\"INTERNAL SERVER ERROR\"", "[ERROR 500] INTERNAL SERVER ERROR", true},
         {"\"INTERNAL SERVER ERROR\"", "[ERROR 500] INTERNAL ERROR SERVER", false},
         {"ERROR -ARGUMENTS", bad, true},
         {"ERROR -ARGUMENTS", missing, false},
         {"\" \"", "nospace", true},
         {"", "anything", true},
         {"\"[ERROR]\"", "02 May 2014 00:34:16,142 [ERROR] Unhanded exception: InvalidQueryException", true},
         {"\"[ERROR]\" Exception", "02 May 2014 00:34:16,142 [ERROR] Unhanded exception: InvalidQueryException", true},
         {"\"[ERROR]\" Exception", "02 May 2014 00:34:16,224 [ERROR] Terminating the application", false}});
}

TEST(DocumentedCases, Json) {
  const std::string_view trail =
      R"({"eventType":"UpdateTrail","sourceIPAddress":"111.111.111.111","arrayKey":["value","another value"],"objectList":[{"name":"a","id":1},)"
      R"({"name":"b","id":2}],"SomeObject":null,"cluster.name":"c"})";
  const std::string_view user =
      R"({"user":{"id":1,"email":"John.Stiles@example.com"},"users":[{"id":2,"email":"John.Doe@example.com"},{"id":3,"email":"Jane.Doe@example.com"}],)"
      R"("actions":["GET","PUT","DELETE"],"coordinates":[[0,1,2],[4,5,6],[7,8,9]]})";
  check(
      {{R"({ $.eventType = "UpdateTrail" })", trail, true},
       {"{ $.sourceIPAddress != 123.123.* }", trail, true},
       {"{ $.sourceIPAddress != 111.111.* }", trail, false},
       {R"({ $.arrayKey[0] = "value" })", trail, true},
       {"{ $.eventType = %Trail% }", trail, true},
       {"{ $.arrayKey[*] = %val.{2}% }", trail, true},
       {"{ $.* = %111\\.111\\.111\\.1[0-9]{1,2}% }", trail, true},
       {R"({ $.['cluster.name'] = "c" })", trail, true},
       {"{ $.SomeObject IS NULL }", trail, true},
       {"{ $.SomeOtherObject NOT EXISTS }", trail, true},
       {R"({ $.eventType = "*" && $.sourceIPAddress != 123.123.* })", trail, true},
       {"{ $.objectList[1].id = 2 }", trail, true},
       {R"({ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") })", user, true},
       {R"({ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch" && $.actions[2] = "nonmatch" })", user, true},
       {R"({ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch") && $.actions[2] = "nonmatch" })", user, false},
       {R"({ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" })", user, false},
       {"{ $.coordinates[1][2] >= 6 }", user, true},
       {"{ $.latency = * }", R"({"latency":50,"requestType":"GET"})", true},
       {"{ $.n = 1e+3 }", R"({"n":1000})", true},
       {"{ $.n != 1e-3 }", R"({"n":0.001})", false},
       {"{ $.n = 4* }", R"({"n":404.5})", true},
       {"{ $.n = 0.5 }", R"({"n":0.5})", true},
       {"{ $.n > -2 }", R"({"n":-1})", true}});
}

TEST(DocumentedCases, SpaceDelimited) {
  const std::string_view access = R"(127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534)";
  const std::string_view get = "INFO 09/25/2014 12:00:00 GET /service/resource/67 1200",
                         part = "INFO 09/25/2014 12:00:01 POST /service/resource/67/part/111 1310",
                         warning = "WARNING 09/25/2014 12:00:02 Invalid user request",
                         error = "ERROR 09/25/2014 12:00:02 Failed to process request";
  check({{"[ip=%127\\.0\\.0\\.[1-9]%, user, username, timestamp, request =*.html*, status_code = 4*, bytes]", access, true},
         {"[..., request =*.html*, status_code = 4*, bytes]", access, true},
         {"[..., request=*.html*, status_code=4*,]", access, true},
         {"[ip, user, username, timestamp, request =*.html*, status_code = 404 || status_code = 410, bytes]", access, true},
         {"[ip, server, username, timestamp, request, status_code, bytes > 1000]", access, true},
         {"[ip, server, username, timestamp, request, status_code, bytes > 2000]", access, false},
         {"[ip, server, username]", access, false},
         {"[]", access, true},
         {"[w1=ERROR, w2]", error, true},
         {"[w1=ERROR, w2]", warning, false},
         {"[w1=ERROR || w1=WARNING, w2]", warning, true},
         {"[w1=ERROR || w1=%WARN%, w2]", warning, true},
         {"[w1!=ERROR && w1!=WARNING, w2]", get, true},
         {"[w1!=ERROR && w1!=WARNING, w2]", error, false},
         {"[logLevel, date, time, method, url=%/service/resource/[0-9]+$%, response_time]", get, true},
         {"[logLevel, date, time, method, url=%/service/resource/[0-9]+$%, response_time]", part, false},
         {"[logLevel, date, time, method, url=%/service/resource/[0-9]+/part/[0-9]+$%, response_time]", part, true}});
}

using Values = std::map<std::string, std::string>;
Values extracted(std::string_view pattern, std::string_view message) {
  const MessageView view(message);
  const auto parsed = FilterPattern::parse(pattern);
  EXPECT_TRUE(parsed && parsed->matches(view)) << pattern;
  return parsed ? parsed->extract(view) : Values();
}

TEST(DocumentedCases, ExtractedValues) {
  const std::string_view access = R"(127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /apache_pb.gif HTTP/1.0" 200 1534)";
  EXPECT_EQ(extracted("[ip, identity, user_id, timestamp, request, status_code, size]", access),
            (Values{{"$ip", "127.0.0.1"},
                    {"$identity", "-"},
                    {"$user_id", "frank"},
                    {"$timestamp", "10/Oct/2000:13:25:15 -0700"},
                    {"$request", "GET /apache_pb.gif HTTP/1.0"},
                    {"$status_code", "200"},
                    {"$size", "1534"}}));
  EXPECT_EQ(extracted("[..., status_code=200, size]", access), (Values{{"$1", "127.0.0.1"},
                                                                       {"$2", "-"},
                                                                       {"$3", "frank"},
                                                                       {"$4", "10/Oct/2000:13:25:15 -0700"},
                                                                       {"$5", "GET /apache_pb.gif HTTP/1.0"},
                                                                       {"$status_code", "200"},
                                                                       {"$size", "1534"}}));
  EXPECT_EQ(extracted("[]", access).at("$7"), "1534");
  EXPECT_EQ(extracted("[w1=ERROR, w2]", "ERROR [a b] c"), (Values{{"$w1", "ERROR"}, {"$w2", "[a b] c"}}));
  EXPECT_EQ(extracted("{ $.eventType = * && $.n > 1 }", R"({"eventType":"UpdateTrail","n":2.5})"),
            (Values{{"$.eventType", "UpdateTrail"}, {"$.n", "2.5"}}));
  EXPECT_EQ(extracted("ERROR", "ERROR"), Values());
}

TEST(ValueSelectors, FindWhatAMetricFilterNames) {
  const auto json = *FilterPattern::parse("{ $.latency = * }");
  const auto delimited = *FilterPattern::parse("[..., bytes]");
  EXPECT_EQ(ValueSelector::parse("$.b[1]", json)->value(MessageView(R"({"latency":1,"b":[1,7]})")), "7");
  EXPECT_EQ(ValueSelector::parse("$.none", json)->value(MessageView(R"({"latency":1})")), std::nullopt);
  EXPECT_EQ(ValueSelector::parse("$bytes", delimited)->value(MessageView("a b 15")), "15");
  EXPECT_EQ(ValueSelector::parse("$2", delimited)->value(MessageView("a b 15")), "b");
  EXPECT_FALSE(ValueSelector::parse("$bytes", json));
  EXPECT_FALSE(ValueSelector::parse("$.latency", delimited));
  EXPECT_FALSE(ValueSelector::parse("$.latency", *FilterPattern::parse("ERROR")));
  EXPECT_FALSE(ValueSelector::parse("$.a b", json));
}

TEST(DocumentedCases, WordsOfRefusals) {
  const auto words = [](std::string_view pattern) { return FilterPattern::parse(pattern).error().message; };
  EXPECT_EQ(words("foo-bar"), "Invalid character(s) in term 'foo-bar'");
  EXPECT_EQ(words("{ $.a = 1"), "If a filter pattern starts with '{' it must end with '}'");
  EXPECT_EQ(words("[a, b"), "If a filter pattern starts with '[' it must end with ']'");
  EXPECT_TRUE(words("{ $.a }").starts_with("Invalid filter pattern"));
}

// Strategy: random words as message; patterns of some of them in any order with signs. Invariant: the answer of a reading by hand.
TEST(FilterPatternProperty, TextPatternsMeanTheirTerms) {
  SeededRandom random{11};
  const std::vector<std::string> words = {"alpha", "beta", "gamma", "delta", "eps"};
  for (int i = 0; i < 3000; ++i) {
    std::string message, pattern;
    for (const std::string& word : words)
      if (random.below(2)) message += word + " ";
    bool all = true, none = true, any = false, some_any = false, others = false;
    for (std::uint64_t n = 1 + random.below(4); n > 0; --n) {
      const std::string& word = words[random.below(words.size())];
      const bool there = message.find(word) != std::string::npos;
      const std::uint64_t sign = random.below(3);
      pattern += (sign == 0 ? "" : sign == 1 ? "-" : "?") + word + " ";
      if (sign == 0) all = all && there;
      if (sign == 1) none = none && !there;
      if (sign == 2) some_any = true, any = any || there;
      if (sign != 2) others = true;
    }
    EXPECT_EQ(FilterPattern::parse(pattern)->matches(message), all && none && (others || !some_any || any)) << pattern << "| " << message;
  }
}

// Invariant: a delimited pattern of n named items matches exactly the events of n fields, and extracts each.
TEST(FilterPatternProperty, DelimitedPatternsCountFields) {
  SeededRandom random{12};
  for (int i = 0; i < 2000; ++i) {
    std::string message, pattern = "[";
    const std::uint64_t fields = 1 + random.below(6), items = 1 + random.below(6);
    Values wanted;
    for (std::uint64_t n = 0; n < fields; ++n) {
      const std::string inside = "v" + std::to_string(n) + (random.below(2) ? " x" : "");
      const bool quoted = random.below(2);
      message += (n ? " " : "") + (quoted ? "\"" + inside + "\"" : "[" + inside + "]");
      wanted["$f" + std::to_string(n)] = inside;
    }
    for (std::uint64_t n = 0; n < items; ++n) pattern += (n ? ", f" : "f") + std::to_string(n);
    const auto parsed = FilterPattern::parse(pattern + "]");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->matches(message), fields == items) << pattern << " | " << message;
    if (fields == items) {
      EXPECT_EQ(parsed->extract(MessageView(message)), wanted);
    }
  }
}

}  // namespace
}  // namespace tocsin::telemetry
