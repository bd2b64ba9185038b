#include "events/patterns/filter_policy.h"

#include <gtest/gtest.h>

namespace tocsin::events {
namespace {

bool attributes_match(std::string_view policy, const std::vector<FilterAttribute>& attributes) {
  const auto compiled = compile_filter_policy(policy, FilterScope::message_attributes);
  EXPECT_TRUE(compiled) << policy;
  return compiled && compiled->has_value() && (*compiled)->matches(attributes, "");
}

TEST(FilterPolicy, OverAttributes) {
  const std::vector<FilterAttribute> order = {{"store", "String", "example_corp"},
                                              {"price", "Number", "100.50"},
                                              {"interests", "String.Array", R"(["rugby","tennis"])"},
                                              {"blob", "Binary", "x"}};
  EXPECT_TRUE(attributes_match(R"({"store":["example_corp"]})", order));
  EXPECT_TRUE(attributes_match(R"({"interests":["tennis"]})", order));
  EXPECT_TRUE(attributes_match(R"({"interests":[{"anything-but":["rugby"]}]})", order));
  EXPECT_FALSE(attributes_match(R"({"interests":[{"anything-but":["rugby","tennis"]}]})", order));
  EXPECT_TRUE(attributes_match(R"({"price":[{"numeric":[">=",100]}]})", order));
  EXPECT_FALSE(attributes_match(R"({"price":["100.50"]})", order));
  EXPECT_FALSE(attributes_match(R"({"blob":["x"]})", order));
  EXPECT_TRUE(attributes_match(R"({"event":[{"exists":false}]})", order));
  EXPECT_TRUE(attributes_match(R"({"$or":[{"store":["other"]},{"price":[100.5]}]})", order));
}

TEST(FilterPolicy, OverTheBody) {
  const auto policy = compile_filter_policy(R"({"order":{"state":["paid"]}})", FilterScope::message_body);
  ASSERT_TRUE(policy && *policy);
  EXPECT_TRUE((*policy)->matches({}, R"({"order":{"state":"paid"}})"));
  EXPECT_FALSE((*policy)->matches({}, R"({"order":{"state":"open"}})"));
  EXPECT_FALSE((*policy)->matches({}, "plain text"));
}

TEST(FilterPolicy, AnEmptyPolicyLetsAllPass) {
  const auto policy = compile_filter_policy("{}", FilterScope::message_attributes);
  ASSERT_TRUE(policy);
  EXPECT_FALSE(*policy);
}

TEST(FilterPolicy, Limits) {
  const auto refused = [](std::string_view text, FilterScope scope) { return !compile_filter_policy(text, scope); };
  EXPECT_TRUE(refused(R"({"a":["1"],"b":["1"],"c":["1"],"d":["1"],"e":["1"],"f":["1"]})", FilterScope::message_attributes));
  EXPECT_TRUE(refused(R"({"a":{"b":["1"]}})", FilterScope::message_attributes));
  EXPECT_TRUE(refused(R"({"a":[1000000001]})", FilterScope::message_attributes));
  EXPECT_TRUE(refused(R"({"a":[0.123456]})", FilterScope::message_attributes));
  // three values on the third level count as nine
  EXPECT_FALSE(refused(R"({"a":{"b":{"c":[1,2,3]}},"d":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]})", FilterScope::message_body));
  EXPECT_TRUE(refused(R"({"a":{"b":{"c":[1,2,3]}},"d":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]})", FilterScope::message_body));
}

}  // namespace
}  // namespace tocsin::events
