// Damaged templates and paths: what PutTargets takes gives JSON of a JSON template, or says that it does not; nothing crashes.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "events/rules/target_input.h"
#include "fuzz/mutate.h"

namespace tocsin::events {
namespace {

const Document event = *parse_json(
    R"({"id":"e1","detail-type":"T","source":"app","account":"1","time":"t","region":"r","resources":["arn:a"],"detail":{"state":"on","n":5,"who":{"a":"0\"a"},"list":[1,[2]],"":null}})");
const InputContext context{"arn:rule", "my-rule", instant_from_ms(1700000000000)};

void try_target(Object transformer) {
  const Document target = Object{{"Id", "t"}, {"InputTransformer", std::move(transformer)}};
  const auto checked = check_target_input(target);
  if (!checked) {
    EXPECT_EQ(checked.error().reason, "ValidationException");
    return;
  }
  const auto input = target_input(target, event, context);
  const std::string text = text_or(*find(target, "InputTransformer"), "InputTemplate");
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (!input) {
    EXPECT_EQ(input.error().reason, "INVALID_JSON");
  } else if (first != std::string::npos && (text[first] == '{' || text[first] == '[')) {
    EXPECT_TRUE(parse_json(*input)) << text << " gave " << *input;
  }
}

TEST(TargetInputFuzz, DamagedTemplates) {
  const std::vector<std::string> seeds = {R"({"a":<v>,"b":"<w> and <v>","c":<aws.events.event.json>})",
                                          R"("who: <w>, <aws.events.rule-name>")", "<v> <w>",
                                          R"([<v>,"<w>",{"x":<aws.events.event.ingestion-time>}])"};
  fuzz::mutate(seeds, {"<v>", "<w>", "<", ">", "\"", "\\", "<aws.events.event>", "{", "}", "\n", "\xff"}, 20'000,
               [](std::string_view text) {
                 try_target({{"InputPathsMap", Object{{"v", "$.detail.n"}, {"w", "$.detail.who"}}}, {"InputTemplate", text}});
               });
}

TEST(TargetInputFuzz, DamagedPaths) {
  fuzz::mutate({"$.detail.list[1][0]", "$.detail.who.a", "$", "$.resources[*]", "$.detail.*", "$['detail']"},
               {"$", ".", "[", "]", "*", "[*]", "'", "[99999999999999999999]", "\xff"}, 20'000, [](std::string_view path) {
                 try_target({{"InputPathsMap", Object{{"v", path}}}, {"InputTemplate", R"({"a":<v>})"}});
                 (void)value_at_path(event, path);
               });
}

}  // namespace
}  // namespace tocsin::events
