// Damaged filter policies: a flat one says of attributes what it says of a body that holds the same; nothing crashes.
#include <gtest/gtest.h>

#include "events/patterns/filter_policy.h"
#include "fuzz/mutate.h"

namespace tocsin::events {
namespace {

const std::vector<FilterAttribute> attributes = {
    {"store", "String", "shop_1"}, {"price", "Number", "10.5"}, {"kinds", "String.Array", R"(["a",1,true,null])"}};
constexpr const char* body = R"({"store":"shop_1","price":10.5,"kinds":["a",1,true,null]})";

TEST(FilterPolicyFuzz, AttributesAndBodyAgree) {
  const std::vector<std::string> seeds = {
      R"({"store":["shop_1",{"prefix":"sh"}],"price":[{"numeric":[">",1,"<=",20.5]}]})",
      R"({"kinds":[{"anything-but":["b","c"]}],"other":[{"exists":false}]})", R"({"$or":[{"store":["x"]},{"price":[10.5]}],"kinds":["a"]})",
      R"({"store":[{"suffix":"_1"}],"kinds":[null,1]})", R"({"store":[{"equals-ignore-case":"SHOP_1"},{"wildcard":"s*1"}]})"};
  int compiled = 0;
  fuzz::mutate(seeds, {"\"store\"", "\"price\"", "{\"prefix\":", "{\"numeric\":[", "[]", "null", "1e9", "\"$or\"", "{\"exists\":true}"},
               20'000, [&](std::string_view policy) {
                 const auto by_attributes = compile_filter_policy(policy, FilterScope::message_attributes);
                 const auto by_body = compile_filter_policy(policy, FilterScope::message_body);
                 if (!by_attributes) {
                   EXPECT_FALSE(by_attributes.error().message.empty());
                   return;
                 }
                 ASSERT_TRUE(by_body) << policy << ": " << by_body.error().message;
                 ASSERT_EQ(by_attributes->has_value(), by_body->has_value());
                 if (!*by_attributes) return;
                 ++compiled;
                 EXPECT_EQ((*by_attributes)->matches(attributes, ""), (*by_body)->matches({}, body)) << policy;
                 EXPECT_FALSE((*by_body)->matches({}, "no json")) << policy;
               });
  EXPECT_GT(compiled, 500) << "too few of them were sound";
}

}  // namespace
}  // namespace tocsin::events
