// Tables: pattern, reason, column. The reasons are the service's.
#include <gtest/gtest.h>

#include "events/patterns/pattern.h"

namespace tocsin::events {
namespace {

struct Refusal {
  std::string pattern;
  std::string reason;
  int column;
};

TEST(PatternRefusal, NamesReasonAndPosition) {
  const Refusal refusals[] = {
      {R"({"source":["test-source"],"detail":{"name":[{"exists":"true"}],"age":[{"numeric":[">","25"]}]}})",
       "exists match pattern must be either true or false.", 56},
      {R"({"detail-type":["dual"],"detail":{"delaySeconds":[{"exists":"false"}]}})", "exists match pattern must be either true or false.",
       62},
      {R"({"a":"x"})", "\"a\" must be an object or an array", 7},
      {R"({"a":[]})", "Empty arrays are not allowed", 7},
      {R"([])", "Filter is not an object", 2},
      {R"({"a":[{"prefix":5}]})", "prefix match pattern must be a string", 18},
      {R"({"a":[{"suffix":null}]})", "suffix match pattern must be a string", 21},
      {R"({"a":[{"like":"x"}]})", "Unrecognized match type like", 16},
      {R"({"a":[["x"]]})", "Match value must be String, number, true, false, or null", 8},
      {R"({"a":[{"prefix":"x","suffix":"y"}]})", "Only one key allowed in match expression", 31},
      {R"({"a":[{"anything-but":{"prefix":""}}]})", "Null prefix/suffix not allowed", 34},
      {R"({"a":[{"anything-but":["x",1]}]})",
       "Inside anything but list, either all values are number or string, mixed type is not supported", 29},
      {R"({"a":[{"anything-but":[true]}]})", "Inside anything but list, start|null|boolean is not supported.", 28},
      {R"({"a":[{"anything-but":{"numeric":[1]}}]})", "Unsupported anything-but pattern: numeric", 35},
      {R"({"a":[{"wildcard":"x**"}]})", "Consecutive wildcard characters at pos 1", 20},
      {R"({"a":[{"wildcard":"a\\b"}]})", "Invalid escape character at pos 1", 20},
      {R"({"a":[{"numeric":5}]})", "Value of numeric must be an array.", 19},
      {R"({"a":[{"numeric":["!",5]}]})", "Unrecognized numeric range operator: !", 20},
      {R"({"a":[{"numeric":[">",5,"<",1]}]})", "Bottom must be less than top", 30},
      {R"({"a":[{"numeric":["<",5,">",1]}]})", "Too many elements in numeric expression", 26},
      {R"({"a":[9007199254740993000]})", "Value must be between -9007199254740992 and 9007199254740992, inclusive", 26},
      {R"({"a":[{"cidr":"10.0.0.0"}]})", "Malformed CIDR, one '/' required: 10.0.0.0", 16},
      {R"({"a":["x"})", "Unexpected character ('}' (code 125)): was expecting comma to separate Array entries", 11},
      {"{\"a\":[\"x\"]", "Unexpected end-of-input", 11},
  };
  for (const Refusal& refusal : refusals) {
    const auto pattern = compile_pattern(refusal.pattern);
    ASSERT_FALSE(pattern) << refusal.pattern;
    EXPECT_EQ(invalid_pattern_words(pattern.error()), "Event pattern is not valid. Reason: " + refusal.reason +
                                                          "\n at [Source: (String)\"" + refusal.pattern +
                                                          "\"; line: 1, column: " + std::to_string(refusal.column) + "]");
  }
}

TEST(PatternRefusal, CountsLines) {
  const auto pattern = compile_pattern("{\n  \"a\": {\n    \"b\": \"x\"\n  }\n}");
  ASSERT_FALSE(pattern);
  EXPECT_NE(pattern.error().message.find("line: 3, column: 11]"), std::string::npos) << pattern.error().message;
}

TEST(PatternRefusal, BoundsTheCombinationsOfOr) {
  const auto with = [](int groups) {
    std::string text = "{";
    for (int n = 0; n < groups; ++n) {
      const std::string k = "f" + std::to_string(n);
      text += (n ? ",\"" : "\"") + k +
              "\":{\"$or\":[{\"a\":[1]},{\"b\":[1]},{\"c\":[1]},{\"d\":[1]},{\"e\":[1]},{\"f\":[1]},{\"g\":[1]},{\"h\":[1]},{\"i\":[1]},{"
              "\"j\":[1]}]}";
    }
    return text + "}";
  };
  EXPECT_TRUE(compile_pattern(with(3)));
  EXPECT_FALSE(compile_pattern(with(4)));
}

TEST(PatternRefusal, BoundsTheComplexityOfWildcards) {
  EXPECT_TRUE(compile_pattern(R"({"a":[{"wildcard":"*/*/*.png"}]})"));
  EXPECT_FALSE(compile_pattern(R"({"a":[{"wildcard":"*aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}]})"));
}

}  // namespace
}  // namespace tocsin::events
