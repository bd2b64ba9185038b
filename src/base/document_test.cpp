#include "base/document.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace tocsin {
namespace {

TEST(Document, AccessorsTellAbsentFromPresent) {
  const Document document = *parse_json(R"({"a": {"b": "text", "n": 5, "x": 1.5, "t": true}, "list": [1, 2]})");
  const Document* a = find(document, "a");
  ASSERT_TRUE(a);
  EXPECT_EQ(text_at(*a, "b"), "text");
  EXPECT_EQ(integer_at(*a, "n"), 5);
  EXPECT_EQ(integer_at(*a, "x"), std::nullopt);
  EXPECT_EQ(number_at(*a, "n"), 5.0);
  EXPECT_EQ(truth_at(*a, "t"), true);
  EXPECT_EQ(text_at(*a, "n"), std::nullopt);
  EXPECT_EQ(array_at(document, "list").size(), 2u);
  EXPECT_TRUE(array_at(document, "none").empty());
  EXPECT_EQ(find(find(document, "none"), "b"), nullptr);
}

TEST(Document, RefusesDepthAndBrokenText) {
  EXPECT_FALSE(parse_json(std::string(100, '[') + std::string(100, ']')));
  EXPECT_FALSE(parse_json("{\"a\":"));
  EXPECT_FALSE(parse_json("\"\xff\""));
  EXPECT_EQ(to_json(*parse_json(R"({"a":1,"a":2})")), R"({"a":2})");
}

TEST(Document, PrintsIndentedForPeople) {
  EXPECT_EQ(to_pretty_json(*parse_json(R"({"a":[1,{}],"b":{}})")), "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": {}\n}");
}

}  // namespace
}  // namespace tocsin
