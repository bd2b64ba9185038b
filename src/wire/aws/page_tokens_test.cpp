#include "wire/aws/page_tokens.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace tocsin::wire {
namespace {

TEST(PageTokens, OpenWhereTheyWereSealed) {
  const PageTokens tokens("server key");
  const std::string token = tokens.seal("1", "ListTopics", "after:x", "prefix=a");
  EXPECT_EQ(tokens.open("1", "ListTopics", token, "prefix=a"), "after:x");
  EXPECT_EQ(PageTokens("server key").open("1", "ListTopics", token, "prefix=a"), "after:x");
  EXPECT_EQ(tokens.open("1", "ListTopics", tokens.seal("1", "ListTopics", "")), "");
}

TEST(PageTokens, OpenNowhereElse) {
  const PageTokens tokens("server key");
  const std::string token = tokens.seal("1", "ListTopics", "after:x");
  EXPECT_FALSE(tokens.open("2", "ListTopics", token));
  EXPECT_FALSE(tokens.open("1", "ListQueues", token));
  EXPECT_FALSE(tokens.open("1", "ListTopics", token, "other"));
  EXPECT_FALSE(PageTokens("another key").open("1", "ListTopics", token));
}

TEST(PageTokens, CannotBeForged) {
  const PageTokens tokens("server key");
  std::string bytes = from_base64(tokens.seal("1", "ListTopics", "after:x")).value();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(tokens.open("1", "ListTopics", to_base64(changed)));
  }
  for (const char* text : {"", "x", "AAAA", "after:x"}) EXPECT_FALSE(tokens.open("1", "ListTopics", text));
}

}  // namespace
}  // namespace tocsin::wire
