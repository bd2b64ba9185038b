// Strategy: runbooks made at random from all actions, jumps and limits, driven by random happenings. Invariants: the planner never crashes;
// what is over stays over; steps that are over keep their status; a plan asks for a call only when one is pending; an execution that is
// driven on comes to an end.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/random.h"
#include "fuzz/mutate.h"
#include "remediate/automation/planner.h"
#include "remediate/documents/document_content.h"

namespace tocsin::remediate {
namespace {

Object random_step(Random& random, int number, int count) {
  static const char* const actions[] = {
      R"({"action":"aws:sleep","inputs":{"Duration":"PT5S"}})",
      R"({"action":"aws:sleep","inputs":{"Timestamp":"2026-01-01T00:00:00Z"}})",
      R"({"action":"aws:executeAwsApi","inputs":{"Service":"ssm","Api":"GetParameter","Name":"{{P}}"},"outputs":[{"Name":"V","Selector":"$.a","Type":"Integer"}]})",
      R"({"action":"aws:waitForAwsResourceProperty","inputs":{"Service":"x","Api":"y","PropertySelector":"$.a","DesiredValues":["1"]},"timeoutSeconds":30})",
      R"({"action":"aws:assertAwsResourceProperty","inputs":{"Service":"x","Api":"y","PropertySelector":"$.a","DesiredValues":["1"]}})",
      R"({"action":"aws:approve","inputs":{"Approvers":["alice"]},"timeoutSeconds":60})",
      R"({"action":"aws:pause","timeoutSeconds":60})",
      R"({"action":"aws:runCommand","inputs":{"DocumentName":"d","InstanceIds":["mi-1"]}})",
      R"({"action":"aws:executeAutomation","inputs":{"DocumentName":"d"}})",
      R"({"action":"aws:updateVariable","inputs":{"Name":"variable:v","Value":"{{P}}"}})",
      R"({"action":"aws:executeScript","inputs":{}})",
  };
  const auto any_step = [&] { return "s" + std::to_string(random.below(static_cast<std::uint64_t>(count))); };
  Object step;
  if (random.below(5) == 0)
    step =
        Object{{"action", "aws:branch"},
               {"inputs",
                Object{{"Choices", Array{Object{{"NextStep", any_step()}, {"Variable", any_step() + ".V"}, {"StringEquals", "s1.V"}}}}}}};
  else
    step = parse_json(actions[random.below(std::size(actions))]).value().as_object();
  step["name"] = "s" + std::to_string(number);
  if (random.below(4) == 0) step["nextStep"] = any_step();
  if (random.below(4) == 0) step["isEnd"] = true;
  if (random.below(3) == 0) step["onFailure"] = random.below(2) ? "Continue" : "step:" + any_step();
  if (random.below(4) == 0) step["onCancel"] = "step:" + any_step();
  if (random.below(4) == 0) step["maxAttempts"] = static_cast<int>(1 + random.below(3));
  return step;
}

Document random_content(Random& random) {
  const int count = static_cast<int>(1 + random.below(6));
  Array steps;
  for (int i = 0; i < count; ++i) steps.emplace_back(random_step(random, i, count));
  return Object{{"schemaVersion", "0.3"},
                {"parameters", Object{{"P", Object{{"type", "String"}, {"default", "p"}}}}},
                {"variables", Object{{"v", Object{{"default", "1"}}}}},
                {"mainSteps", std::move(steps)}};
}

Happening random_happening(Random& random, const Execution& execution) {
  const std::string run = execution.steps.empty() ? "" : execution.steps.back().id;
  static const char* const answers[] = {R"({"a":1})",
                                        R"({"a":[1,2]})",
                                        R"({})",
                                        R"([])",
                                        R"({"Command":{"CommandId":"c"}})",
                                        R"({"Commands":[{"Status":"Success"}]})",
                                        R"({"AutomationExecutionId":"e"})",
                                        R"({"AutomationExecution":{"AutomationExecutionStatus":"Failed"}})"};
  switch (random.below(9)) {
    case 0:
      return Proceed{};
    case 1:
      return WokeUp{run};
    case 2:
      return DeadlinePassed{run};
    case 3:
      return EvidenceSettled{run, Document("kept")};
    case 4:
      return SignalSent{random.below(2) ? "Approve" : random.below(2) ? "Resume" : "Reject", {}, {.arn = "a", .name = "alice"}};
    case 5:
      return StopAsked{random.below(2) == 0};
    case 6:
      return CommandChanged{"c"};
    default:
      break;
  }
  CallAnswered answer;
  if (!execution.steps.empty() && execution.steps.back().call) answer.key = execution.steps.back().call->key;
  if (random.below(4) == 0)
    answer.error_code = "Boom", answer.is_transient = random.below(2) == 0;
  else
    answer.output = parse_json(answers[random.below(std::size(answers))]).value();
  return answer;
}

TEST(PlannerFuzz, RandomRunbooksUnderRandomHappenings) {
  SeededRandom random(42);
  for (int round = 0; round < 150; ++round) {
    const Document content = random_content(random);
    const auto runbook = parse_runbook(content);
    ASSERT_TRUE(runbook) << runbook.error().message << to_json(content);
    Execution execution{.id = "e",
                        .content = content,
                        .parameters = Object{{"P", "p"}},
                        .variables = runbook->variables,
                        .incident_arn = random.below(2) ? "i" : ""};
    Instant now = instant_from_ms(1'795'000'000'000);
    for (int move = 0; move < 80; ++move) {
      now += std::chrono::seconds(random.below(40));
      const auto planned = plan(*runbook, execution, random.below(2) ? Happening(Proceed{}) : random_happening(random, execution), now);
      if (!planned) continue;
      const Execution& next = planned->next;
      if (is_over(execution.status)) {
        ASSERT_EQ(next.status, execution.status);
      }
      for (std::size_t i = 0; i < execution.steps.size(); ++i) {
        if (is_over(execution.steps[i].status)) {
          ASSERT_EQ(next.steps[i].status, execution.steps[i].status);
        }
      }
      if (planned->send_call && next.is_running) {
        ASSERT_TRUE(next.steps.back().call);
      }
      ASSERT_EQ(to_json(to_document(execution_from(to_document(next)))), to_json(to_document(next)));
      execution = next;
    }
  }
}

TEST(PlannerFuzz, DocumentsFromOutside) {
  const std::vector<std::string> seeds = {
      R"({"schemaVersion":"0.3","parameters":{"P":{"type":"String","default":"x"}},"mainSteps":[{"name":"a","action":"aws:sleep","inputs":{"Duration":"PT1S"},"onFailure":"step:b"},{"name":"b","action":"aws:branch","inputs":{"Choices":[{"NextStep":"a","Variable":"{{P}}","StringEquals":"x"}]}}]})",
      "schemaVersion: '0.3'\nmainSteps:\n- {name: a, action: 'aws:executeAwsApi', inputs: {Service: ssm, Api: GetParameter}, outputs: "
      "[{Name: V, Selector: $.a, Type: String}]}\n"};
  fuzz::mutate(seeds, {"aws:", "{{", "mainSteps", "null", "[]", "{}"}, 4000, [](std::string_view text) {
    for (const auto format : {DocumentFormat::json, DocumentFormat::yaml}) {
      const auto read = read_document_content(text, format, "Automation", {{"Automation", check_runbook}});
      if (!read) continue;
      const auto runbook = parse_runbook(read->content);
      Execution execution{.id = "e", .content = read->content};
      if (runbook) (void)plan(*runbook, execution, Proceed{}, instant_from_ms(1));
    }
  });
}

}  // namespace
}  // namespace tocsin::remediate
