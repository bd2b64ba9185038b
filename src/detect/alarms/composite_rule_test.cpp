#include "detect/alarms/composite_rule.h"

#include <gtest/gtest.h>

#include <map>

#include "fuzz/mutate.h"

namespace tocsin::detect {
namespace {

std::optional<AlarmState> state_of(const std::string& name) {
  static const std::map<std::string, AlarmState> states = {
      {"a", AlarmState::alarm}, {"b", AlarmState::ok}, {"c", AlarmState::insufficient_data}, {"with \"quote", AlarmState::alarm}};
  const auto found = states.find(name);
  if (found == states.end()) return std::nullopt;
  return found->second;
}

struct Case {
  const char* rule;
  bool expected;
};

class Rules : public testing::TestWithParam<Case> {};

TEST_P(Rules, Hold) {
  const auto rule = parse_composite_rule(GetParam().rule);
  ASSERT_TRUE(rule) << rule.error().message;
  EXPECT_EQ(holds(*rule, state_of), GetParam().expected) << GetParam().rule;
}

INSTANTIATE_TEST_SUITE_P(Composite, Rules,
                         testing::Values(Case{"ALARM(a)", true}, Case{"ALARM( \"a\" )", true}, Case{"OK(a)", false},
                                         Case{"INSUFFICIENT_DATA(c)", true}, Case{"NOT ALARM(b)", true},
                                         Case{"ALARM(a) AND ALARM(b)", false}, Case{"ALARM(a) OR ALARM(b) AND FALSE", true},
                                         Case{"(ALARM(a) OR ALARM(b)) AND FALSE", false}, Case{"NOT (ALARM(a) AND OK(b))", false},
                                         Case{"TRUE", true}, Case{"ALARM(gone)", false}, Case{"ALARM(\"with \\\"quote\")", true},
                                         Case{"AT_LEAST(1, ALARM, (a, b, c))", true}, Case{"AT_LEAST(2, ALARM, (a, b, c))", false},
                                         Case{"AT_LEAST(2, NOT ALARM, (a, b, c))", true}, Case{"AT_LEAST(33%, ALARM, (a,b,c))", true},
                                         Case{"AT_LEAST(50%, OK, (a,b,c))", false}));

TEST(CompositeRule, RefusesWhatIsNone) {
  for (const char* rule : {"", "ALARM", "ALARM()", "ALARM(a", "alarm(a)", "ALARM(a) ALARM(b)", "ALARM(a) AND",
                           "AT_LEAST(4, ALARM, (a, b, c))", "AT_LEAST(0, ALARM, (a))", "AT_LEAST(101%, ALARM, (a))", "ALARM(a b)", "NOT",
                           "ALARMS(a)", "TRUEish", "ALARM(a) ", "ALARM(\"a)", "AT_LEAST(1, ALARM, ())", "AT_LEAST(1, NOT, (a))"})
    EXPECT_FALSE(parse_composite_rule(rule)) << rule;
}

TEST(CompositeRule, ErrorsNameTheToken) {
  const auto words = [](const std::string& rule) { return parse_composite_rule(rule).error().message; };
  EXPECT_EQ(words("()"), "Error in AlarmRule [Unsupported token ')' at char 1]");
  EXPECT_EQ(words("ALARM(a b)"), "Error in AlarmRule [Unsupported token 'b' at char 8, must be: ')']");
  EXPECT_EQ(words("ALARM(a"), "Error in AlarmRule [Unsupported token '<EOF>' at char 7, must be: ')']");
  EXPECT_EQ(words(" ALARM(a)"), "AlarmRule must not contain leading or trailing whitespace or be null");
  std::string wide = "ALARM(a0)";
  for (int i = 1; i <= 100; ++i) wide += " OR ALARM(a" + std::to_string(i) + ")";
  EXPECT_EQ(words(wide), "AlarmRule must not contain more than 100 child alarms");
  std::string many = "TRUE";
  for (int i = 1; i < 500; ++i) many += " OR TRUE";
  EXPECT_TRUE(parse_composite_rule(many));
  EXPECT_EQ(words(many + " OR TRUE"), "Error in AlarmRule [The rule must not contain more than 500 elements]");
  EXPECT_EQ(alarms_of(*parse_composite_rule("ALARM(x) OR OK(arn:aws:cloudwatch:eu-west-1:123456789012:alarm:x)")).size(), 1u);
}

TEST(CompositeRuleFuzz, AnyTextIsARuleOrAnError) {
  fuzz::mutate({"(ALARM(a) OR NOT OK(\"b c\")) AND AT_LEAST(50%, NOT ALARM, (a, b, c))", "TRUE OR FALSE"},
               {"ALARM(", ")", "NOT ", "AND", "AT_LEAST(", "\"", "%"}, 3000, [](std::string_view text) {
                 const auto rule = parse_composite_rule(text);
                 if (rule) holds(*rule, state_of);
               });
  EXPECT_FALSE(parse_composite_rule(std::string(10'000, '(')));
}

}  // namespace
}  // namespace tocsin::detect
