#include "remediate/documents/document_store.h"

#include <gtest/gtest.h>

#include "remediate/testing/world.h"

namespace tocsin::remediate {
namespace {

class DocumentStory : public ::testing::Test {
 protected:
  DocumentStory() { testing::World::must(tags.migrate()), testing::World::must(store.migrate()); }

  template <typename Work>
  auto run(Work work) {
    return world.in_unit(work);
  }
  static std::string reason(const auto& result) { return result ? "" : result.error().reason; }

  const Scope scope{"000000000000", "eu-west-1"};
  const std::string restart =
      "schemaVersion: '2.2'\ndescription: Restart\nmainSteps:\n- action: aws:runShellScript\n  name: restart\n  inputs:\n    runCommand: "
      "[systemctl restart shop]\n";
  testing::World world;
  ResourceTags tags{*world.database};
  DocumentStore store{world.state, tags, {}};
};

TEST_F(DocumentStory, VersionsAreMadeChosenAndRemoved) {
  const auto created = run([&] { return store.create(scope, {.name = "Restart", .text = restart, .format = DocumentFormat::yaml}); });
  ASSERT_TRUE(created) << created.error().message;
  EXPECT_EQ(created->hash.size(), 64u);
  EXPECT_EQ(created->content.description, "Restart");
  EXPECT_EQ(created->content.platform_types, (std::vector<std::string>{"Linux", "MacOS"}));
  EXPECT_EQ(reason(run([&] { return store.create(scope, {.name = "Restart", .text = restart}); })), "DocumentAlreadyExists");
  EXPECT_EQ(reason(run([&] { return store.update(scope, {.name = "Restart", .text = restart, .format = DocumentFormat::yaml}, ""); })),
            "DuplicateDocumentContent");

  const auto second = run([&] {
    return store.update(scope, {.name = "Restart", .text = restart + "\n", .format = DocumentFormat::yaml, .version_name = "v2"},
                        "$LATEST");
  });
  ASSERT_TRUE(second);
  EXPECT_EQ(second->version, 2);
  EXPECT_EQ(run([&] { return store.get(scope, "Restart", {}); })->version, 1);
  EXPECT_EQ(run([&] { return store.get(scope, "Restart", {"", "v2"}); })->version, 2);
  EXPECT_EQ(reason(run([&] { return store.get(scope, "Restart", {"3", ""}); })), "InvalidDocumentVersion");
  ASSERT_TRUE(run([&] { return store.set_default(scope, "Restart", 2); }));
  EXPECT_EQ(run([&] { return store.get(scope, "arn:aws:ssm:eu-west-1:000000000000:document/Restart", {}); })->version, 2);
  EXPECT_EQ(reason(run([&] { return store.remove(scope, "Restart", {"2", ""}); })), "InvalidDocumentOperation");
  EXPECT_EQ(run([&] { return store.versions(scope, "Restart", 0, 10); })->front().version, 2);
  ASSERT_TRUE(run([&] { return store.remove(scope, "Restart", {}); }));
  EXPECT_EQ(reason(run([&] { return store.get(scope, "Restart", {}); })), "InvalidDocument");
}

TEST_F(DocumentStory, AmazonsDocumentsAreThereAndStay) {
  const auto shell = run([&] { return store.get(scope, "AWS-RunShellScript", {}); });
  ASSERT_TRUE(shell);
  EXPECT_EQ(shell->owner, "Amazon");
  EXPECT_EQ(shell->content.schema_version, "1.2");
  EXPECT_EQ(shell->content.parameters.size(), 3u);
  EXPECT_EQ(reason(run([&] { return store.remove(scope, "AWS-RunShellScript", {}); })), "InvalidDocumentOperation");
  EXPECT_EQ(reason(run([&] { return store.create(scope, {.name = "aws-mine", .text = restart}); })), "ValidationException");
}

TEST_F(DocumentStory, ListsWithFiltersAndPages) {
  ASSERT_TRUE(run([&] {
    return store.create(scope, {.name = "Restart", .text = restart, .format = DocumentFormat::yaml, .tags = {{"team", "red"}}});
  }));
  const auto names = [&](std::vector<DocumentFilter> filters, const std::string& after = "", std::size_t count = 50) {
    std::string found;
    const auto listed = run([&] { return store.list(scope, filters, after, count); });
    for (const auto& document : *listed) found += document.name + " ";
    return found;
  };
  EXPECT_EQ(names({}), "AWS-RunPowerShellScript AWS-RunShellScript Restart ");
  EXPECT_EQ(names({}, "AWS-RunPowerShellScript", 1), "AWS-RunShellScript ");
  EXPECT_EQ(names({{"Owner", {"Self"}}}), "Restart ");
  EXPECT_EQ(names({{"Name", {"AWS-RunS"}}}), "AWS-RunShellScript ");
  EXPECT_EQ(names({{"PlatformTypes", {"Windows"}}}), "AWS-RunPowerShellScript ");
  EXPECT_EQ(names({{"tag:team", {"red"}}}), "Restart ");
  EXPECT_EQ(reason(run([&] { return store.list(scope, {{"Colour", {"red"}}}, "", 1); })), "InvalidFilterKey");
}

}  // namespace
}  // namespace tocsin::remediate
