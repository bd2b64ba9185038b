#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "communicate/templates/message_templates.h"
#include "fuzz/mutate.h"

namespace tocsin::templates {
namespace {

TEST(Templates, ValuesAndSections) {
  EXPECT_EQ(render("{{a}}{{#b}}, {{b}}{{/b}}{{^c}} none{{/c}}", {{"a", "1"}, {"b", "2"}}), "1, 2 none");
  EXPECT_EQ(render("{{#b}}{{b}}{{/b}}.", {}), ".");
  EXPECT_EQ(render("{{#b}}open", {{"b", "x"}}), "open");
  EXPECT_EQ(render("a {{ b", {}), "a {{ b");
}

TEST(Templates, AllDefaultsAreSound) {
  const MessageTemplates all;
  for (const Template& each : all.all()) {
    MessageTemplates changed;
    EXPECT_TRUE(changed.replace(each.name, each.text)) << each.name;
    EXPECT_FALSE(all.render(each.name, sample_values()).empty());
  }
}

TEST(Templates, ThePageBySmsIsTheOneOfTheDesign) {
  Values values = sample_values();
  values["url"] = "https://s.example/a/K7Q2";
  values["time"] = "03:04 CET";
  EXPECT_EQ(MessageTemplates().render("page.sms", values),
            "SEV2 checkout errors 18% (norm 0.2) since 03:04 CET, 1 in 5 orders fail. Ack: https://s.example/a/K7Q2 or reply 4821. "
            "Secondary 03:10");
}

TEST(Templates, AFolderReplacesThemFileByFile) {
  const auto folder = std::filesystem::temp_directory_path() / "tocsin_templates_test";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "page.push.title.txt") << "PAGE {{what}}\n";
  MessageTemplates mine;
  ASSERT_TRUE(mine.read_folder(folder));
  EXPECT_EQ(mine.render("page.push.title", sample_values()), "PAGE checkout errors");
  EXPECT_TRUE(mine.is_changed("page.push.title"));
  EXPECT_FALSE(mine.is_changed("page.sms"));
  std::ofstream(folder / "page.sms.txt") << "one\n{{wath}}\n";
  const auto broken = mine.read_folder(folder);
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().message.find("page.sms.txt: line 2: there is no value 'wath'"), std::string::npos);
  std::filesystem::remove_all(folder);
  EXPECT_FALSE(mine.read_folder(folder));
}

TEST(TemplatesFuzz, AnyTextIsRenderedOrRefused) {
  fuzz::mutate({"{{#a}}{{a}}{{/a}}{{^b}}x{{/b}}", "{{#a}}{{#a}}{{/a}}{{/a}}"}, {"{{", "}}", "{{#a}}", "{{/a}}"}, 3000,
               [](std::string_view text) {
                 (void)check_template(text, {"a", "b"});
                 EXPECT_LE(render(text, {{"a", "1"}}).size(), text.size() + 100);
               });
}

}  // namespace
}  // namespace tocsin::templates
