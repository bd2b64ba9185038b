#include "access/policies/policy_parser.h"

#include <gtest/gtest.h>

namespace tocsin::access {
namespace {

std::string words(std::string_view text, PolicyKind kind = PolicyKind::identity) {
  const auto policy = parse_policy(text, kind);
  return policy ? "" : policy.error().message;
}

TEST(PolicyParser, ReadsOneStatementOrMany) {
  const auto one =
      parse_policy(R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sns:*","Resource":"*"}})", PolicyKind::identity);
  ASSERT_TRUE(one);
  EXPECT_EQ(one->statements.size(), 1u);
  const auto two = parse_policy(
      R"({"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Action":["sns:*"],"Resource":["arn:aws:sns:*:*:*"]},)"
      R"({"Sid":"b","Effect":"Deny","NotAction":"iam:*","NotResource":"*","Condition":{"Bool":{"aws:SecureTransport":false}}}]})",
      PolicyKind::identity);
  ASSERT_TRUE(two) << two.error().message;
  EXPECT_TRUE(two->statements[1].actions.all_but);
  EXPECT_EQ(two->statements[1].conditions[0].values[0], "false");
}

TEST(PolicyParser, SaysWhatIsMalformedInIamsWords) {
  EXPECT_EQ(words("{"), "Syntax errors in policy.");
  EXPECT_EQ(words(R"({"Version":"2012-10-17"})"), "Syntax errors in policy.");
  EXPECT_EQ(words(R"({"Version":"2012-10-17","Statement":[]})"), "Syntax errors in policy.");
  EXPECT_EQ(words(R"({"Version":"1","Statement":[]})"), "The policy must contain a valid version string");
  EXPECT_EQ(words(R"({"Statement":{"Effect":"Allow","Resource":"*"}})"), "Policy statement must contain actions.");
  EXPECT_EQ(words(R"({"Statement":{"Effect":"Allow","Action":"*"}})"), "Policy statement must contain resources.");
  EXPECT_EQ(words(R"({"Statement":{"Effect":"Allow","Action":"Publish","Resource":"*"}})"),
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  EXPECT_EQ(words(R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"pages"}})"), "Resource pages must be in ARN format or \"*\".");
  EXPECT_EQ(words(R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}})"),
            "Policy document should not specify a principal.");
  EXPECT_EQ(words(R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Extra":1}})"), "Syntax errors in policy.");
  EXPECT_EQ(words(R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Equals":{"aws:x":"y"}}}})"),
            "Invalid Condition type : Equals.");
  EXPECT_EQ(
      words(
          R"({"Statement":[{"Sid":"a","Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"a","Effect":"Allow","Action":"*","Resource":"*"}]})"),
      "Statement IDs (SID) in a single policy must be unique.");
}

TEST(PolicyParser, ATrustPolicyNamesPrincipalsAndNoResources) {
  EXPECT_EQ(
      words(R"({"Statement":{"Effect":"Allow","Principal":{"Service":"ssm.amazonaws.com"},"Action":"sts:AssumeRole"}})", PolicyKind::trust),
      "");
  EXPECT_EQ(words(R"({"Statement":{"Effect":"Allow","Action":"sts:AssumeRole"}})", PolicyKind::trust), "Missing required field Principal");
  EXPECT_EQ(
      words(R"({"Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Resource":"*"}})", PolicyKind::trust),
      "Has prohibited field Resource");
  EXPECT_EQ(words(R"({"Statement":{"Effect":"Allow","Principal":{"AWS":"ann"},"Action":"sts:AssumeRole"}})", PolicyKind::trust),
            "Invalid principal in policy: \"AWS\":\"ann\"");
  EXPECT_EQ(words(R"({"Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sns:Publish"}})", PolicyKind::trust),
            "AssumeRole policy may only specify STS AssumeRole actions.");
}

}  // namespace
}  // namespace tocsin::access
