// The small languages of runbooks, as tables: selectors, references, conditions, durations, outputs, and what makes a runbook invalid.
#include <gtest/gtest.h>

#include <array>
#include <boost/json.hpp>

#include "fuzz/mutate.h"
#include "remediate/automation/branch_choice.h"
#include "remediate/automation/iso_duration.h"
#include "remediate/automation/runbook.h"
#include "remediate/automation/selector.h"
#include "remediate/automation/step_outputs.h"
#include "remediate/automation/variables.h"
#include "remediate/documents/document_content.h"

namespace tocsin::remediate {
namespace {

Document json(std::string_view text) { return parse_json(text).value(); }

TEST(Selector, TableOfWhatIsFound) {
  const Document answer = json(
      R"({"Name":"pool","Tags":[{"Key":"a","Value":1},{"Key":"b","Value":2},{"Key":"c","Value":3}],"Deep":{"x":{"Id":1},"y":[{"Id":2}]},"odd key":true})");
  const std::vector<std::array<std::string, 2>> cases = {
      {"$.Name", R"("pool")"},
      {"Name", R"("pool")"},
      {".Name", R"("pool")"},
      {"$.Tags[0].Key", R"("a")"},
      {"$.Tags[-1].Key", R"("c")"},
      {"$.Tags[7].Key", "nothing"},
      {"$.Tags[*].Value", "[1,2,3]"},
      {"$.Tags[1:].Value", "[2,3]"},
      {"$.Tags[:1].Key", R"(["a"])"},
      {"$..Id", "[1,2]"},
      {"$['odd key']", "true"},
      {"$.Tags[?(@.Key == 'b')].Value", "[2]"},
      {"$.Tags[?(@.Value > 1)].Key", R"(["b","c"])"},
      {"$.Tags[?(@.Missing)].Key", "nothing"},
      {"$.Name[0]", "nothing"},
      {"$", "whole"},
      {"$.", "refused"},
      {"$.Tags[", "refused"},
      {"$.Tags[x]", "refused"},
      {"$Name", "refused"},
      {"$.Tags[?(Key)]", "refused"},
  };
  for (const auto& [text, expected] : cases) {
    const auto selector = Selector::parse(text);
    const auto found = selector ? selector->select(answer) : std::nullopt;
    EXPECT_EQ(!selector ? "refused" : !found ? "nothing" : *found == answer ? "whole" : to_json(*found), expected) << text;
  }
}

TEST(Selector, StandsAnyBytes) {
  const Document answer = json(R"({"a":[{"b":1},{"b":"x"}],"c":{"d":[1,2,3]}})");
  fuzz::mutate({"$.a[*].b", "$..d[-1]", "$.a[?(@.b >= 1)]", "$.c['d'][0:2]"}, {"[", "]", "?(@", "..", "*", "'"}, 5000,
               [&](std::string_view text) {
                 if (const auto selector = Selector::parse(text)) (void)selector->select(answer);
               });
}

std::optional<Document> lookup(std::string_view name) {
  static const Object values{{"Text", "x"},
                             {"Count", 3},
                             {"Flag", true},
                             {"Names", Array{"a", "b"}},
                             {"Map", Object{{"k", "v"}}},
                             {"step.Out", "{{Text}}"},
                             {"global:REGION", "eu-west-1"}};
  const Document* value = find(values, name);
  return value ? std::optional(*value) : std::nullopt;
}

TEST(Variables, TableOfSubstitutions) {
  const std::vector<std::array<std::string, 2>> cases = {
      {R"("{{Text}}")", R"("x")"},
      {R"("{{ Count }}")", "3"},
      {R"("{{Flag}}")", "true"},
      {R"("{{Names}}")", R"(["a","b"])"},
      {R"(["{{Names}}"])", R"(["a","b"])"},
      {R"(["{{Names}}","c"])", R"([["a","b"],"c"])"},
      {R"("a {{Text}} and {{Count}}")", R"("a x and 3")"},
      {R"("list {{Names}}")", R"("list [\"a\",\"b\"]")"},
      {R"({"k":["{{Map}}"]})", R"({"k":[{"k":"v"}]})"},
      {R"("{{step.Out}}")", R"("{{Text}}")"},  // no nested expansion
      {R"("{{global:REGION}}")", R"("eu-west-1")"},
      {R"("docker inspect -f '{{.State}}'")", R"("docker inspect -f '{{.State}}'")"},
      {R"("{{Missing}}")", "No value for {{Missing}}"},
      {R"("{{ unclosed")", R"("{{ unclosed")"},
      {R"("{{{{Text}}}}")", R"("{{x}}")"},
  };
  for (const auto& [value, expected] : cases) {
    const auto out = substitute(json(value), lookup);
    EXPECT_EQ(out ? to_json(*out) : out.error().message, expected) << value;
  }
}

TEST(Variables, StandAnyBytes) {
  fuzz::mutate({"a {{Text}} b {{ step.Out }}", "{{{{x}}}}"}, {"{{", "}}", "{{Text}}"}, 3000,
               [](std::string_view text) { (void)substitute(Document(text), lookup); });
}

TEST(Branch, TableOfConditions) {
  const std::vector<std::pair<std::string, bool>> cases = {
      {R"("Variable":"{{Text}}","StringEquals":"x")", true},
      {R"("Variable":"{{Text}}","StringEquals":"y")", false},
      {R"("Variable":"ABC","EqualsIgnoreCase":"abc")", true},
      {R"("Variable":"abc","StartsWith":"ab")", true},
      {R"("Variable":"abc","EndsWith":"bc")", true},
      {R"("Variable":"abc","Contains":"b")", true},
      {R"("Variable":"{{Names}}","Contains":"b")", true},
      {R"("Variable":"{{Count}}","NumericEquals":3)", true},
      {R"("Variable":"{{Count}}","NumericGreater":2)", true},
      {R"("Variable":"10","NumericLesser":9)", false},
      {R"("Variable":"3","NumericGreaterOrEquals":"3")", true},
      {R"("Variable":3,"NumericLesserOrEquals":2)", false},
      {R"("Variable":"abc","NumericEquals":3)", false},
      {R"("Variable":"{{Flag}}","BooleanEquals":true)", true},
      {R"("Not":{"Variable":"{{Flag}}","BooleanEquals":true})", false},
      {R"("And":[{"Variable":"a","StringEquals":"a"},{"Variable":"b","StringEquals":"c"}])", false},
      {R"("Or":[{"Variable":"a","StringEquals":"b"},{"Not":{"Variable":"b","StringEquals":"c"}}])", true},
  };
  for (const auto& [condition, holds] : cases) {
    const auto outcome = choose_branch(json(R"({"Choices":[{"NextStep":"yes",)" + condition + R"(}],"Default":"no"})"), lookup);
    ASSERT_TRUE(outcome) << condition << outcome.error().message;
    EXPECT_EQ(outcome->next_step, holds ? "yes" : "no") << condition;
  }
  EXPECT_FALSE(choose_branch(json(R"({"Choices":[{"NextStep":"a","Variable":"{{Missing}}","StringEquals":"x"}]})"), lookup));
  EXPECT_FALSE(check_branch(json(R"({"Choices":[{"NextStep":"a","Variable":"x"}]})")));
}

TEST(IsoDuration, Table) {
  using std::chrono::seconds;
  const std::vector<std::pair<std::string, std::optional<Duration>>> cases = {
      {"PT10S", seconds(10)}, {"PT10M", seconds(600)}, {"P1DT2H", seconds(93600)}, {"PT1H30M5S", seconds(5405)}, {"P", std::nullopt},
      {"PT", std::nullopt},   {"10", std::nullopt},    {"PT-1S", std::nullopt},    {"P999D", std::nullopt}};
  for (const auto& [text, expected] : cases) EXPECT_EQ(parse_iso_duration(text), expected) << text;
}

TEST(StepOutputs, AreTypedAndEmptyWhereNothingIs) {
  const Document answer = json(R"({"N":"5","B":"true","L":["a",1],"M":{"k":1},"S":{"x":1}})");
  const Object outputs = select_outputs({{"n", "$.N", "Integer"},
                                         {"b", "$.B", "Boolean"},
                                         {"l", "$.L", "StringList"},
                                         {"m", "$.M", "StringMap"},
                                         {"s", "$.S", "String"},
                                         {"none", "$.X", "String"},
                                         {"nolist", "$.X", "StringList"},
                                         {"nonumber", "$.X", "Integer"}},
                                        answer);
  EXPECT_EQ(to_json(outputs), R"({"n":5,"b":true,"l":["a","1"],"m":{"k":1},"s":"{\"x\":1}","none":"","nolist":[]})");
  std::string found;
  EXPECT_TRUE(*has_desired_property(json(R"({"On":true})"), "$.On", json(R"(["True"])"), found));
  EXPECT_TRUE(*has_desired_property(json(R"({"A":[{"S":"OK"},{"S":"OK"}]})"), "$.A[*].S", json(R"(["OK"])"), found));
  EXPECT_FALSE(*has_desired_property(json(R"({"A":[{"S":"OK"},{"S":"ALARM"}]})"), "$.A[*].S", json(R"(["OK"])"), found));
  EXPECT_EQ(to_operation_name("describe-db-instances"), "DescribeDbInstances");
  EXPECT_EQ(to_operation_name("getParameter"), "GetParameter");
}

TEST(Runbook, NamesWhatIsWrong) {
  const std::vector<std::array<std::string, 2>> cases = {
      {R"([])", "mainSteps is required and has at least one step."},
      {R"([{"action":"aws:sleep"}])", "mainSteps[0]: name is required and has only the characters a-z, A-Z, 0-9 and _."},
      {R"([{"name":"a","action":"aws:fly"}])", "mainSteps[0] (a): the action aws:fly is not known."},
      {R"([{"name":"a","action":"aws:executeAwsApi","inputs":{"Service":"ssm"}}])",
       "mainSteps[0] (a): the input Api is required by aws:executeAwsApi."},
      {R"([{"name":"a","action":"aws:sleep","inputs":{"Duration":"PT1S"},"nextStep":"b"}])",
       "mainSteps (a): nextStep names the step b, which is not there."},
      {R"([{"name":"a","action":"aws:sleep","inputs":{"Duration":"PT1S"},"onFailure":"Retry"}])",
       "mainSteps[0] (a): onFailure must be Abort, Continue or step:NAME."},
      {R"([{"name":"a","action":"aws:sleep","inputs":{"Duration":"{{Nap}}"}}])",
       "mainSteps (a): {{Nap}} refers to no parameter and to no step's output."},
      {R"([{"name":"a","action":"aws:sleep","inputs":{}}])",
       "mainSteps[0] (a): exactly one of the inputs Duration and Timestamp is required by aws:sleep."},
      {R"([{"name":"a","action":"aws:branch","inputs":{"Choices":[{"NextStep":"a"}]}}])",
       "mainSteps[0] (a): Choices[0]: Variable is required."},
      {R"([{"name":"a","action":"aws:pause"},{"name":"a","action":"aws:pause"}])", "mainSteps[1]: the name a is used by another step."},
      {R"([{"name":"a","action":"aws:executeScript","inputs":{"Runtime":"python3.11"}}])", "accepted"},
  };
  for (const auto& [steps, message] : cases) {
    const auto checked = check_runbook(json(R"({"schemaVersion":"0.3","mainSteps":)" + steps + "}"));
    EXPECT_EQ(checked ? "accepted" : checked.error().message, message) << steps;
  }
}

}  // namespace
}  // namespace tocsin::remediate
