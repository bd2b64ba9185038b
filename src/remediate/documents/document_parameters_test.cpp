#include "remediate/documents/document_parameters.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "remediate/documents/document_content.h"

namespace tocsin::remediate {
namespace {

std::string resolved(std::string_view parameters, const GivenParameters& given) {
  const auto definitions = parse_parameter_definitions(parse_json(R"({"parameters":)" + std::string(parameters) + "}").value());
  if (!definitions) return definitions.error().message;
  const auto values = resolve_parameters(*definitions, given, [](const std::string& name) -> Result<std::string> {
    if (name == "/shop/pool") return "20";
    return fail(ErrorKind::not_found, "Parameter " + name + " not found.", "ParameterNotFound");
  });
  return values ? to_json(*values) : values.error().message;
}

TEST(DocumentParameters, TableOfValues) {
  struct Case {
    std::string definition;
    GivenParameters given;
    std::string expected;
  };
  const std::vector<Case> cases = {
      {R"({"A":{"type":"String"}})", {{"A", {"x"}}}, R"({"A":"x"})"},
      {R"({"A":{"type":"String"}})", {}, "Parameter \"A\" is required and has no value."},
      {R"({"A":{"type":"String"}})", {{"B", {"x"}}}, "Parameter \"B\" is not defined in the document."},
      {R"({"A":{"type":"String","default":"d"}})", {}, R"({"A":"d"})"},
      {R"({"A":{"type":"String","default":"{{ ssm:/shop/pool }}"}})", {}, R"({"A":"20"})"},
      {R"({"A":{"type":"Integer","default":"{{ssm:/shop/pool}}"}})", {}, R"({"A":20})"},
      {R"({"A":{"type":"String","default":"{{ssm:/none}}"}})", {}, "Parameter /none not found."},
      {R"({"A":{"type":"StringList"}})", {{"A", {"x", "y"}}}, R"({"A":["x","y"]})"},
      {R"({"A":{"type":"Boolean"}})", {{"A", {"true"}}}, R"({"A":true})"},
      {R"({"A":{"type":"Boolean"}})", {{"A", {"maybe"}}}, "Parameter \"A\" must be true or false."},
      {R"({"A":{"type":"Integer"}})", {{"A", {"7"}}}, R"({"A":7})"},
      {R"({"A":{"type":"StringMap"}})", {{"A", {R"({"k":"v"})"}}}, R"({"A":{"k":"v"}})"},
      {R"({"A":{"type":"MapList"}})", {{"A", {R"({"k":1})", R"([{"k":2}])"}}}, R"({"A":[{"k":1},{"k":2}]})"},
      {R"({"A":{"type":"String","allowedValues":["a","b"]}})",
       {{"A", {"c"}}},
       "Parameter \"A\" has the value c, which is not one of the allowed values [a, b]."},
      {R"({"A":{"type":"String","allowedPattern":"^[a-z]+$"}})",
       {{"A", {"C"}}},
       "Parameter \"A\" has the value C, which does not match the allowed pattern ^[a-z]+$."},
      {R"({"A":{"type":"String","default":"","allowedPattern":"^[a-z]+$"}})", {}, R"({"A":""})"},
      {R"({"A":{"type":"StringList","minItems":1}})", {{"A", {}}}, "Parameter \"A\" must have at least 1 items."},
      {R"({"A":{"type":"Text"}})",
       {},
       "Parameter \"A\": the type \"Text\" is not one of String, StringList, Boolean, Integer, MapList, StringMap."},
      {R"({"A":{"type":"Integer","default":[]}})", {}, "Parameter \"A\": the default is not of the type Integer."},
  };
  for (const Case& one : cases) EXPECT_EQ(resolved(one.definition, one.given), one.expected) << one.definition;
}

TEST(DocumentContent, NamesWhatIsWrong) {
  const std::vector<std::array<std::string, 3>> cases = {
      {"Command", R"({"schemaVersion":"0.3"})", "Document schema version, 0.3, is not supported by specified document type, Command."},
      {"Command", R"({"schemaVersion":"2.2"})", "mainSteps is required in schema version 2.2 and has at least one step."},
      {"Command", R"({"schemaVersion":"2.2","mainSteps":[{"name":"a"}]})", "mainSteps[0]: action is required and begins with aws:"},
      {"Command", R"({"schemaVersion":"2.2","mainSteps":[{"action":"aws:x","name":"a"},{"action":"aws:x","name":"a"}]})",
       "mainSteps[1]: the name a is used by another step."},
      {"Automation", R"({"schemaVersion":"0.3","description":"{{ssm:/x}}"})",
       "{{ssm:…}} may stand only in a parameter's default; it was found in description."},
      {"Command", R"({"schemaVersion":"1.2"})", "runtimeConfig is required in schema version 1.2."},
      {"Command", "{", "JSON not well-formed: incomplete JSON."},
  };
  for (const auto& [type, text, message] : cases) {
    const auto read = read_document_content(text, DocumentFormat::json, type, {});
    EXPECT_EQ(read ? "accepted" : read.error().message, message) << text;
  }
}

}  // namespace
}  // namespace tocsin::remediate
