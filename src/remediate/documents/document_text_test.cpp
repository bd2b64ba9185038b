#include "remediate/documents/document_text.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "fuzz/mutate.h"
#include "remediate/documents/document_content.h"

namespace tocsin::remediate {
namespace {

std::string json_of(std::string_view yaml) {
  const auto parsed = parse_document_text(yaml, DocumentFormat::yaml);
  return parsed ? to_json(*parsed) : "refused: " + parsed.error().message;
}

TEST(DocumentText, ReadsYamlScalarsAsTheCoreSchemaDoes) {
  EXPECT_EQ(json_of("a: 1\nb: '1'\nc: true\nd: yes\ne: 0.3\nf: '0.3'\ng: ~\nh: 2026-11-24\ni: [1, x]\nj: |\n  two\n  lines\n"),
            R"({"a":1,"b":"1","c":true,"d":"yes","e":3E-1,"f":"0.3","g":null,"h":"2026-11-24","i":[1,"x"],"j":"two\nlines\n"})");
}

TEST(DocumentText, ABillionLaughsIsRefusedAtOnce) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int k = 0; k < 9; ++k) bomb += ", " + before;
    bomb += "]\n";
  }
  EXPECT_NE(json_of(bomb).find("20000 nodes"), std::string::npos);
  EXPECT_NE(json_of("a: &a [*a]\n").find("refused"), std::string::npos);
}

TEST(DocumentText, SaysWhatIsWrongAndWhere) {
  EXPECT_NE(json_of("a: [1, 2\nb: 3").find("Line: "), std::string::npos);
  EXPECT_NE(json_of("a: 1\na: 2\n").find("'a' occurs twice (line 2)"), std::string::npos);
}

TEST(DocumentText, ConvertsBothWays) {
  const auto content =
      parse_json(
          R"({"schemaVersion":"0.3","n":3,"t":true,"text":"true","empty":"","script":"one\ntwo\n","tail":"x\n y","list":["{{ a }}",1.5],"null":null,"map":{}})")
          .value();
  const std::string yaml = print_document_text(content, DocumentFormat::yaml);
  EXPECT_EQ(parse_document_text(yaml, DocumentFormat::yaml).value(), content) << yaml;
}

TEST(DocumentText, StandsAnyBytes) {
  const std::vector<std::string> seeds = {
      "schemaVersion: '0.3'\nparameters:\n  A: {type: String, default: '{{ssm:/x}}'}\nmainSteps:\n  - name: s\n    action: aws:sleep\n    "
      "inputs: {Duration: PT1S}\n",
      R"({"schemaVersion":"2.2","mainSteps":[{"action":"aws:runShellScript","name":"x","inputs":{"runCommand":["ls"]}}]})",
      "a: &a [1]\nb: *a\n"};
  fuzz::mutate(seeds, {"&a", "*a", "- ", ": ", "{{", "|", "\n  "}, 3000, [](std::string_view text) {
    for (const auto format : {DocumentFormat::yaml, DocumentFormat::json}) {
      (void)read_document_content(text, format, "Automation", {});
      const auto parsed = parse_document_text(text, format);
      if (parsed) (void)print_document_text(*parsed, DocumentFormat::yaml);
    }
  });
}

}  // namespace
}  // namespace tocsin::remediate
