#include "remediate/parameters/parameter_store.h"

#include <gtest/gtest.h>

#include "remediate/testing/world.h"

namespace tocsin::remediate {
namespace {

class ParameterStory : public ::testing::Test {
 protected:
  ParameterStory() { testing::World::must(tags.migrate()), testing::World::must(store.migrate()); }

  Result<PutOutcome> put(PutParameter request) {
    return world.in_unit([&] { return store.put(scope, request); });
  }
  Result<StoredParameter> get(const std::string& reference, bool decrypt = false) {
    return world.in_unit([&] { return store.get(scope, reference, decrypt); });
  }

  const Scope scope{"000000000000", "eu-west-1"};
  testing::World world;
  std::unique_ptr<SecretCipher> cipher = make_aes_cipher(std::string(32, 'k'), world.random);
  ResourceTags tags{*world.database};
  ParameterStore store{world.state, world.journal, *cipher, tags};
};

TEST_F(ParameterStory, ABadChangeIsSeenInTheHistoryAndRolledBack) {
  ASSERT_EQ(
      put({.name = "/shop/pool", .value = "20", .type = ParameterType::string, .author_arn = "arn:aws:iam::000000000000:root"})->version,
      1);
  ASSERT_EQ(put({.name = "/shop/pool", .value = "1", .overwrite = true})->version, 2);
  EXPECT_EQ(get("/shop/pool")->value, "1");
  EXPECT_EQ(get("/shop/pool:1")->value, "20");
  const auto history = world.in_unit([&] { return store.history(scope, "/shop/pool", false, 0, 50); });
  ASSERT_EQ(history->size(), 2u);
  EXPECT_EQ(history->front().modified_by, "arn:aws:iam::000000000000:root");
  ASSERT_EQ(put({.name = "/shop/pool", .value = history->front().value, .overwrite = true})->version, 3);

  const auto events = world.events(scope);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[1].type, "Parameter Store Change");
  EXPECT_EQ(text_or(events[1].detail, "operation"), "Update");
  EXPECT_EQ(events[1].subject_arn, "arn:aws:ssm:eu-west-1:000000000000:parameter/shop/pool");
}

TEST_F(ParameterStory, RefusalsBearTheServicesCodes) {
  EXPECT_EQ(get("/none").error().reason, "ParameterNotFound");
  EXPECT_EQ(put({.name = "/a", .value = "x"}).error().message, "A parameter type is required when you create a parameter.");
  ASSERT_TRUE(put({.name = "/a", .value = "x", .type = ParameterType::string}));
  EXPECT_EQ(put({.name = "/a", .value = "y", .type = ParameterType::string}).error().reason, "ParameterAlreadyExists");
  EXPECT_EQ(put({.name = "/a", .value = "y", .type = ParameterType::secure_string, .overwrite = true}).error().reason,
            "HierarchyTypeMismatchException");
  EXPECT_EQ(get("/a:7").error().message, "Systems Manager could not find version 7 of /a. Verify the version and try again.");
  EXPECT_EQ(get("/a:good").error().reason, "ParameterVersionNotFound");
  EXPECT_TRUE(world.events({"111111111111", "eu-west-1"}).empty());
  const Scope other{"111111111111", "eu-west-1"};
  EXPECT_FALSE(world.in_unit([&] { return store.get(other, "/a", false); }));
}

TEST_F(ParameterStory, ASecretIsSealedAtRest) {
  ASSERT_TRUE(put({.name = "/db/password", .value = "hunter2", .type = ParameterType::secure_string}));
  const auto stored = world.database->query_one("SELECT value FROM parameters_versions");
  EXPECT_EQ(stored->text(0).find("hunter2"), std::string::npos);
  EXPECT_EQ(get("/db/password", true)->value, "hunter2");
  EXPECT_NE(get("/db/password")->value, "hunter2");
  EXPECT_EQ(get("/db/password")->key_id, "alias/aws/ssm");
  EXPECT_FALSE(cipher->open("short", "context"));
  EXPECT_FALSE(cipher->open(cipher->seal("x", "one"), "another"));
}

TEST_F(ParameterStory, TheHundredAndFirstVersionPushesTheOldestOutUnlessItIsLabelled) {
  ASSERT_TRUE(put({.name = "/a", .value = "v", .type = ParameterType::string}));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(put({.name = "/a", .value = "v", .overwrite = true}));
  EXPECT_EQ(get("/a:1").error().reason, "ParameterVersionNotFound");
  ASSERT_TRUE(world.in_unit([&] { return store.label(scope, "/a", 2, {"keep"}); }));
  EXPECT_EQ(put({.name = "/a", .value = "v", .overwrite = true}).error().reason, "ParameterMaxVersionLimitExceeded");
}

TEST_F(ParameterStory, ALabelNamesOneVersion) {
  ASSERT_TRUE(put({.name = "/a", .value = "one", .type = ParameterType::string}));
  ASSERT_TRUE(put({.name = "/a", .value = "two", .overwrite = true}));
  const auto outcome = world.in_unit([&] { return store.label(scope, "/a", 1, {"good", "1bad", "aws-bad"}); });
  EXPECT_EQ(outcome->invalid, (std::vector<std::string>{"1bad", "aws-bad"}));
  EXPECT_EQ(get("/a:good")->value, "one");
  ASSERT_TRUE(world.in_unit([&] { return store.label(scope, "/a", 0, {"good"}); }));
  EXPECT_EQ(get("/a:good")->value, "two");
  EXPECT_EQ(world.in_unit([&] { return store.unlabel(scope, "/a", 2, {"good", "none"}); })->changed, std::vector<std::string>{"good"});
  EXPECT_FALSE(get("/a:good"));
}

TEST_F(ParameterStory, PathsFiltersAndPages) {
  for (const std::string name : {"/shop/a", "/shop/b", "/shop/db/c", "/other/d"})
    ASSERT_TRUE(put({.name = name, .value = "x", .type = ParameterType::string, .tags = {{"team", name == "/shop/a" ? "red" : "blue"}}}));
  const auto names = [&](bool recursive, const std::string& after, std::size_t count) {
    std::string found;
    const auto parameters = world.in_unit([&] { return store.by_path(scope, "/shop", recursive, {}, false, after, count); });
    for (const auto& parameter : parameters) found += parameter.name + " ";
    return found;
  };
  EXPECT_EQ(names(false, "", 10), "/shop/a /shop/b ");
  EXPECT_EQ(names(true, "", 10), "/shop/a /shop/b /shop/db/c ");
  EXPECT_EQ(names(true, "/shop/a", 1), "/shop/b ");
  const auto described = world.in_unit([&] { return store.describe(scope, {{"tag:team", "", {"red"}}}, "", 10); });
  ASSERT_EQ(described.size(), 1u);
  EXPECT_EQ(described[0].name, "/shop/a");
  EXPECT_EQ(check_filters({{"Nonsense", "", {"x"}}}, FilterUse::describe_parameters).error().reason, "InvalidFilterKey");
  EXPECT_EQ(check_filters({{"Type", "Contains", {"x"}}}, FilterUse::describe_parameters).error().reason, "InvalidFilterOption");
}

}  // namespace
}  // namespace tocsin::remediate
