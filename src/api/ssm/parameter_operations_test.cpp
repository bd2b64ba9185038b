#include "api/ssm/parameter_operations.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/ssm/service.h"
#include "api/ssm/tag_operations.h"
#include "remediate/testing/world.h"

namespace tocsin::api::ssm {
namespace {

class ParameterOperations : public ::testing::Test {
 protected:
  ParameterOperations() { remediate::testing::World::must(tags.migrate()), remediate::testing::World::must(store.migrate()); }

  Reply call(const std::string& operation, std::string_view input) {
    for (const Operation& candidate : service.operations)
      if (candidate.name == operation)
        return world.in_unit([&] {
          return std::get<Handle>(candidate.handle)({.service = "ssm",
                                                     .operation = operation,
                                                     .input = parse_json(input).value(),
                                                     .principal = {.account = "000000000000", .arn = "arn:aws:iam::000000000000:root"},
                                                     .scope = {"000000000000", "eu-west-1"},
                                                     .now = world.clock.now()});
        });
    return refuse("NotImplementedException", operation);
  }
  std::string answer(const std::string& operation, std::string_view input) {
    const Reply reply = call(operation, input);
    return reply ? to_json(*reply) : reply.error().code;
  }

  remediate::testing::World world;
  std::unique_ptr<remediate::SecretCipher> cipher = remediate::make_aes_cipher(std::string(32, 'k'), world.random);
  remediate::ResourceTags tags{*world.database};
  remediate::ParameterStore store{world.state, world.journal, *cipher, tags};
  Service service = make_ssm_service(
      {parameter_operations(store, {[](const Call&, std::string_view key) { return "sealed " + std::string(key); },
                                    [](const Call&, std::string_view token) -> std::optional<std::string> {
                                      if (!token.starts_with("sealed ")) return std::nullopt;
                                      return std::string(token.substr(7));
                                    }}),
       tag_operations(tags, {{"Parameter", [this](const Scope& scope, const std::string& id) { return store.exists(scope, id); }}})});
};

TEST_F(ParameterOperations, AStoryInTheServicesOwnMembers) {
  EXPECT_EQ(answer("PutParameter", R"({"Name":"/shop/pool","Value":"20","Type":"String","Tags":[{"Key":"team","Value":"red"}]})"),
            R"({"Version":1,"Tier":"Standard"})");
  EXPECT_EQ(answer("PutParameter", R"({"Name":"/shop/pool","Value":"1"})"), "ParameterAlreadyExists");
  EXPECT_EQ(answer("GetParameter", R"({"Name":"/shop/pool:1"})"),
            R"({"Parameter":{"Name":"/shop/pool","Type":"String","Value":"20","Version":1,"LastModifiedDate":1795000000000000000,)"
            R"("ARN":"arn:aws:ssm:eu-west-1:000000000000:parameter/shop/pool","DataType":"text","Selector":":1"}})");
  EXPECT_EQ(answer("ListTagsForResource", R"({"ResourceType":"Parameter","ResourceId":"/shop/pool"})"),
            R"({"TagList":[{"Key":"team","Value":"red"}]})");
  EXPECT_EQ(answer("ListTagsForResource", R"({"ResourceType":"Parameter","ResourceId":"/none"})"), "InvalidResourceId");
  EXPECT_EQ(answer("GetParameters", R"({"Names":["/none"]})"), R"({"Parameters":[],"InvalidParameters":["/none"]})");
  EXPECT_EQ(answer("DeleteParameters", R"({"Names":["/none","/shop/pool"]})"),
            R"({"DeletedParameters":["/shop/pool"],"InvalidParameters":["/none"]})");
}

TEST_F(ParameterOperations, PagesGoOnWhereTheyEnded) {
  for (const char* name : {"/p/a", "/p/b", "/p/c"})
    ASSERT_TRUE(call("PutParameter", R"({"Type":"String","Value":"x","Name":")" + std::string(name) + "\"}"));
  const Reply first = call("GetParametersByPath", R"({"Path":"/p","MaxResults":2})");
  EXPECT_EQ(array_at(*first, "Parameters").size(), 2u);
  const Reply second = call("GetParametersByPath", R"({"Path":"/p","MaxResults":2,"NextToken":")" + text_or(*first, "NextToken") + "\"}");
  EXPECT_EQ(array_at(*second, "Parameters").size(), 1u);
  EXPECT_FALSE(find(*second, "NextToken"));
  EXPECT_EQ(answer("DescribeParameters", R"({"NextToken":"forged"})"), "InvalidNextToken");
  EXPECT_EQ(answer("GetParametersByPath", R"({"Path":"p"})"), "ValidationException");
}

}  // namespace
}  // namespace tocsin::api::ssm
