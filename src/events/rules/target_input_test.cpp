// Tables: target, what it is given. Most are recorded from the service.
#include "events/rules/target_input.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/plain_json.h"

namespace tocsin::events {
namespace {

const Document event =
    *parse_json(R"({"version":"0","id":"e1","detail-type":"Type","source":"app","account":"1","time":"t","region":"r","resources":["arn:a"],
  "detail":{"state":"on","count":5,"price":19.99,"who":{"acc_id":"0a","sf_id":"baz"},"list":["ACTIVE","INACTIVE"],"quote":"say \"hi\""}})");
const InputContext context{"arn:rule", "my-rule", instant_from_ms(1700000000000)};

std::string transformed(Object paths, std::string_view text) {
  const Document target = Object{{"Id", "t"}, {"InputTransformer", Object{{"InputPathsMap", std::move(paths)}, {"InputTemplate", text}}}};
  const auto checked = check_target_input(target);
  EXPECT_TRUE(checked) << checked.error().message;
  const auto input = target_input(target, event, context);
  return input ? *input : "error " + input.error().reason;
}

TEST(TargetInput, WholeConstantOrPart) {
  EXPECT_EQ(*target_input(Object{{"Id", "t"}}, event, context), to_plain_json(event));
  EXPECT_EQ(*target_input(Object{{"Id", "t"}, {"Input", R"({"a":1})"}}, event, context), R"({"a":1})");
  EXPECT_EQ(*target_input(Object{{"Id", "t"}, {"InputPath", "$.detail.who"}}, event, context), R"({"acc_id":"0a","sf_id":"baz"})");
  EXPECT_EQ(*target_input(Object{{"Id", "t"}, {"InputPath", "$['detail-type']"}}, event, context), R"("Type")");
  EXPECT_EQ(*target_input(Object{{"Id", "t"}, {"InputPath", "$.detail.list[*]"}}, event, context), R"(["ACTIVE","INACTIVE"])");
}

TEST(TargetInput, Transformer) {
  EXPECT_EQ(transformed({{"v", "$.detail.state"}}, R"({"a":<v>})"), R"({"a":"on"})");
  EXPECT_EQ(transformed({{"v", "$.detail.state"}}, R"({"a":"<v>"})"), R"({"a":"on"})");
  EXPECT_EQ(transformed({{"v", "$.detail.count"}}, R"({"a":<v>,"b":"<v> pieces"})"), R"({"a":5,"b":"5 pieces"})");
  EXPECT_EQ(transformed({{"v", "$.detail.price"}}, R"({"a":<v>,"b":"<v> EUR"})"), R"({"a":19.99,"b":"19.99 EUR"})");
  EXPECT_EQ(transformed({{"v", "$.detail.who"}}, R"("who: <v>")"), R"("who: {acc_id:0a,sf_id:baz}")");
  EXPECT_EQ(transformed({{"v", "$.detail.list"}}, R"({"a":"<v>","b":<v>})"), R"({"a":"[ACTIVE,INACTIVE]","b":["ACTIVE","INACTIVE"]})");
  EXPECT_EQ(transformed({{"v", "$.detail.none"}}, R"({"a":"<v>"})"), R"({"a":""})");
  EXPECT_EQ(transformed({{"v", "$.detail.quote"}}, R"({"a":"<v>"})"), R"({"a":"say \"hi\""})");
  EXPECT_EQ(transformed({}, R"({"rule":<aws.events.rule-name>,"arn":"<aws.events.rule-arn>"})"), R"({"rule":"my-rule","arn":"arn:rule"})");
  EXPECT_EQ(transformed({}, R"({"at":<aws.events.event.ingestion-time>})"), R"({"at":"2023-11-14T22:13:20Z"})");
  EXPECT_EQ(transformed({}, "<aws.events.event.json>"), to_plain_json(event));
  EXPECT_EQ(transformed({}, "<aws.events.event>").find("detail\":{"), std::string::npos);
  EXPECT_EQ(transformed({{"v", "$.detail.none"}}, R"({"a":<v>})"), "error INVALID_JSON");
}

TEST(TargetInput, Refusals) {
  const auto refused = [](Object target) { return check_target_input(target).error().message; };
  EXPECT_EQ(refused({{"Id", "X"}, {"InputTransformer", Object{{"InputTemplate", "<Y>"}}}}),
            "InputTemplate for target X contains invalid placeholder Y.");
  EXPECT_EQ(refused({{"Id", "X"}, {"Input", "{"}}), "JSON syntax error in input for target X.");
  EXPECT_EQ(refused({{"Id", "X"}, {"InputPath", "detail"}}), "InputPath for target X is invalid.");
  EXPECT_EQ(refused({{"Id", "X"}, {"Input", "{}"}, {"InputPath", "$"}}),
            "Only one of Input, InputPath, or InputTransformer must be provided for target X.");
}

}  // namespace
}  // namespace tocsin::events
