#include "access/policies/condition.h"

#include <gtest/gtest.h>

#include "fuzz/mutate.h"

namespace tocsin::access {
namespace {

bool check(const std::string& op, const std::string& wanted, const std::string& actual) {
  const auto parsed = parse_operator(op);
  EXPECT_TRUE(parsed) << op;
  return holds({parsed->op, parsed->quantifier, parsed->if_exists, "aws:Key", {wanted}}, {{"aws:key", {actual}}}, true);
}

struct Line {
  const char* op;
  const char* wanted;
  const char* actual;
  bool holds;
};

TEST(Condition, OperatorByOperator) {
  const Line lines[] = {
      {"StringEquals", "a*", "a*", true},
      {"StringEquals", "a*", "ab", false},
      {"StringNotEquals", "a", "b", true},
      {"StringEqualsIgnoreCase", "AnN", "ann", true},
      {"StringNotEqualsIgnoreCase", "AnN", "ann", false},
      {"StringLike", "a*c?", "abbcd", true},
      {"StringLike", "a*c?", "abbc", false},
      {"StringNotLike", "a*", "b", true},
      {"NumericEquals", "10", "10.0", true},
      {"NumericLessThan", "10", "9", true},
      {"NumericLessThan", "10", "10", false},
      {"NumericGreaterThanEquals", "1e3", "1000", true},
      {"NumericEquals", "ten", "10", false},
      {"NumericNotEquals", "1", "2", true},
      {"DateLessThan", "2026-11-24T07:00:00Z", "2026-11-24T06:59:59Z", true},
      {"DateGreaterThan", "1700000000", "2026-11-24T06:59:59Z", true},
      {"DateEquals", "1970-01-01T00:00:10Z", "10", true},
      {"DateGreaterThanEquals", "nonsense", "10", false},
      {"Bool", "true", "TRUE", true},
      {"Bool", "false", "true", false},
      {"BinaryEquals", "YWI=", "ab", true},
      {"IpAddress", "10.0.0.0/8", "10.1.2.3", true},
      {"IpAddress", "10.0.0.0/8", "11.1.2.3", false},
      {"IpAddress", "203.0.113.5", "203.0.113.5", true},
      {"IpAddress", "2001:db8::/33", "2001:db8:7fff::1", true},
      {"IpAddress", "2001:db8::/33", "2001:db8:8000::1", false},
      {"NotIpAddress", "10.0.0.0/8", "10.1.2.3", false},
      {"IpAddress", "10.0.0.0/99", "10.1.2.3", false},
      {"IpAddress", "0.0.0.0/0", "::1", false},
      {"ArnLike", "arn:aws:sns:*:111122223333:pa*", "arn:aws:sns:eu-west-1:111122223333:pages", true},
      {"ArnLike", "arn:aws:sns:*", "arn:aws:sns:eu-west-1:111122223333:pages", true},
      {"ArnEquals", "arn:aws:sns:eu*:111122223333:pages", "arn:aws:sns:eu-west-1:999:pages", false},
      {"ArnNotLike", "arn:aws:sns:*:*:*", "arn:aws:sqs:r:a:q", true},
  };
  for (const Line& line : lines)
    EXPECT_EQ(check(line.op, line.wanted, line.actual), line.holds) << line.op << ' ' << line.wanted << ' ' << line.actual;
}

TEST(Condition, NullAsksWhetherTheKeyIsThere) {
  const auto null = [](const char* wanted, const ConditionContext& context) {
    return holds({"Null", Quantifier::none, false, "aws:Key", {wanted}}, context, true);
  };
  EXPECT_TRUE(null("true", {}));
  EXPECT_FALSE(null("false", {}));
  EXPECT_TRUE(null("false", {{"aws:key", {"x"}}}));
}

TEST(Condition, QuantifiersOverSeveralValues) {
  const auto check_many = [](const char* op, std::vector<std::string> wanted, std::vector<std::string> actual) {
    const auto parsed = parse_operator(op);
    return holds({parsed->op, parsed->quantifier, parsed->if_exists, "aws:TagKeys", std::move(wanted)},
                 {{"aws:tagkeys", std::move(actual)}}, true);
  };
  EXPECT_TRUE(check_many("ForAllValues:StringEquals", {"a", "b"}, {"a", "b"}));
  EXPECT_FALSE(check_many("ForAllValues:StringEquals", {"a", "b"}, {"a", "c"}));
  EXPECT_TRUE(check_many("ForAllValues:StringEquals", {"a"}, {}));
  EXPECT_TRUE(check_many("ForAnyValue:StringEquals", {"a"}, {"b", "a"}));
  EXPECT_FALSE(check_many("ForAnyValue:StringEquals", {"a"}, {}));
  EXPECT_TRUE(check_many("ForAnyValue:StringNotEquals", {"a"}, {"a", "b"}));
  EXPECT_FALSE(check_many("ForAllValues:StringNotEquals", {"a"}, {"a", "b"}));
}

TEST(Condition, AnUnknownVariableDoesNotMakeANotEqualsTrue) {
  EXPECT_FALSE(holds({"StringNotEquals", Quantifier::none, false, "aws:Key", {"${aws:nobody}"}}, {{"aws:key", {"x"}}}, true));
}

TEST(Condition, OperatorNames) {
  EXPECT_TRUE(parse_operator("ForAnyValue:StringLikeIfExists"));
  EXPECT_FALSE(parse_operator("StringAlmost"));
  EXPECT_FALSE(parse_operator("NullIfExists"));
  EXPECT_FALSE(parse_operator(""));
}

TEST(Wildcard, LongRunsStayFast) {
  const std::string pattern(200, '*'), text(20000, 'a');
  EXPECT_TRUE(Wildcard(pattern + "a").matches(text));
  EXPECT_FALSE(Wildcard("*a*a*a*a*a*a*b").matches(text));
}

// Strategy: operators, wanted and actual values, all damaged. Invariant: evaluation ends and is the same twice.
TEST(Condition, SurvivesMutatedValues) {
  const std::vector<std::string> seeds{"StringLike\na*b\naab",
                                       "IpAddress\n10.0.0.0/8\n10.1.1.1",
                                       "DateLessThan\n2026-11-24T07:00:00Z\n1700000000",
                                       "ForAllValues:ArnLike\narn:aws:sns:*:*:*\narn:aws:sns:r:a:t",
                                       "NumericEquals\n1\n1.0",
                                       "BinaryEquals\nYWI=\nab"};
  fuzz::mutate(seeds, {"${aws:key}", "${", "*", "/", ":"}, 8000, [](std::string_view text) {
    const auto first = text.find('\n'), second = text.find('\n', first == std::string_view::npos ? first : first + 1);
    if (second == std::string_view::npos) return;
    const auto op = parse_operator(text.substr(0, first));
    if (!op) return;
    const Condition condition{op->op, op->quantifier, op->if_exists, "aws:Key", {std::string(text.substr(first + 1, second - first - 1))}};
    const ConditionContext context{{"aws:key", {std::string(text.substr(second + 1))}}};
    EXPECT_EQ(holds(condition, context, true), holds(condition, context, true));
  });
}

}  // namespace
}  // namespace tocsin::access
