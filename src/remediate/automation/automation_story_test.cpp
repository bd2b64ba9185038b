#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>

#include "remediate/automation/execution_events.h"
#include "remediate/testing/automation_world.h"

namespace tocsin::remediate {
namespace {
using namespace std::chrono_literals;
using testing::AutomationWorld;
using testing::Entry;

constexpr auto start_ms = 1'795'000'000'000;

/// Rolls a parameter back, restarts, waits until the alarm is OK: the runbook of an outage, in small.
constexpr auto rollback = R"(
schemaVersion: '0.3'
description: Roll the last change back
parameters:
  ParameterName: {type: String}
  IncidentRecordArn: {type: String, default: ''}
outputs: [before.Value, restart.Status]
mainSteps:
- name: before
  action: aws:executeAwsApi
  inputs: {Service: ssm, Api: GetParameterHistory, Name: '{{ParameterName}}'}
  outputs:
  - {Name: Value, Selector: '$.Parameters[-2].Value', Type: String}
- name: decide
  action: aws:branch
  inputs:
    Choices:
    - {NextStep: give_up, Variable: '{{before.Value}}', StringEquals: ''}
    Default: rollback
- name: rollback
  action: aws:executeAwsApi
  inputs: {Service: ssm, Api: PutParameter, Name: '{{ParameterName}}', Value: '{{before.Value}}', Overwrite: true}
- name: restart
  action: aws:runCommand
  inputs:
    DocumentName: AWS-RunShellScript
    Targets: [{Key: 'tag:service', Values: [payment]}]
    Parameters: {commands: ['systemctl restart payment # {{automation:EXECUTION_ID}}']}
- name: recovered
  action: aws:waitForAwsResourceProperty
  timeoutSeconds: 120
  isEnd: true
  inputs:
    Service: cloudwatch
    Api: DescribeAlarms
    AlarmNames: [latency]
    PropertySelector: $.MetricAlarms[0].StateValue
    DesiredValues: [OK]
- name: give_up
  action: aws:sleep
  inputs: {Duration: PT1S}
  isEnd: true
)";

void serve(AutomationWorld& world) {
  const auto ok = [](std::string_view text) {
    return [text](const ApiRequest&) { return ApiOutcome{.output = parse_json(text).value()}; };
  };
  world.api.on("ssm.GetParameterHistory", ok(R"({"Parameters":[{"Value":"20"},{"Value":"1"}]})"));
  world.api.on("ssm.PutParameter", ok(R"({"Version":3})"));
  world.api.on("sns.Publish", ok(R"({"MessageId":"1"})"));
  world.api.on("ssm.CancelCommand", ok("{}"));
  world.api.on("ssm.SendCommand", ok(R"({"Command":{"CommandId":"cmd-1","Status":"Pending"}})"));
  world.api.on("ssm.ListCommands", [&world](const ApiRequest&) {
    const bool is_done = world.api.ledger("ssm.ListCommands").size() >= 2;
    return ApiOutcome{
        .output = parse_json(is_done ? R"({"Commands":[{"Status":"Success"}]})" : R"({"Commands":[{"Status":"InProgress"}]})").value()};
  });
  world.api.on("ssm.ListCommandInvocations",
               ok(R"({"CommandInvocations":[{"CommandPlugins":[{"ResponseCode":0,"Output":"restarted"}]}]})"));
  world.api.on("cloudwatch.DescribeAlarms", [&world](const ApiRequest&) {
    const auto sent = world.api.ledger("ssm.SendCommand");
    const bool is_ok = !sent.empty() && world.clock.now() - sent.front().at >= 20s;
    return ApiOutcome{
        .output = parse_json(is_ok ? R"({"MetricAlarms":[{"StateValue":"OK"}]})" : R"({"MetricAlarms":[{"StateValue":"ALARM"}]})").value()};
  });
}

const std::string incident = "arn:aws:ssm-incidents::000000000000:incident-record/outage/1";

std::string path_of(const Execution& execution) {
  std::string path;
  for (const StepRun& run : execution.steps) path += run.name + ":" + std::string(to_text(run.status)) + " ";
  return path;
}

class AutomationStory : public ::testing::Test {
 protected:
  AutomationStory() {
    serve(world);
    world.start();
    world.executor.run_ready();
  }
  std::string run(const std::string& yaml, GivenParameters parameters = {}, Duration span = 10min) {
    const auto created = world.create("Runbook", yaml);
    EXPECT_TRUE(created) << created.error().message;
    const auto id = world.begin({.document = "Runbook", .parameters = std::move(parameters)});
    EXPECT_TRUE(id) << id.error().message;
    world.executor.run_for(span);
    return *id;
  }
  Result<void> signal(const std::string& id, const std::string& type, const std::string& name) {
    return world.in_unit([&] {
      return world.engine.signal(world.scope, id, {type, {}, {.arn = "arn:aws:iam::000000000000:user/" + name, .name = name}});
    });
  }

  AutomationWorld world{"", instant_from_ms(start_ms)};
};

TEST_F(AutomationStory, AChangeIsRolledBackAndTheAlarmRecovers) {
  const Execution done = world.execution(run(rollback, {{"ParameterName", {"/shop/pool"}}}));
  EXPECT_EQ(done.status, ExecutionStatus::success) << done.failure_message;
  EXPECT_EQ(path_of(done), "before:Success decide:Success rollback:Success restart:Success recovered:Success ");
  EXPECT_EQ(to_json(done.outputs), R"({"before.Value":"20","restart.Status":"Success"})");
  const auto put = world.api.ledger("ssm.PutParameter");
  ASSERT_EQ(put.size(), 1u);
  EXPECT_EQ(put[0].input, R"({"Name":"/shop/pool","Value":"20","Overwrite":true})");
  EXPECT_NE(world.api.ledger("ssm.SendCommand")[0].input.find(done.id), std::string::npos);
  EXPECT_LE(done.ended_at - done.started_at, 30s);
  EXPECT_TRUE(world.evidence.asked.empty());

  std::string statuses;
  for (const auto& event : world.in_unit([&] { return world.journal.between(world.scope, instant_from_ns(0), world.clock.now(), 100); }))
    if (event.type == execution_event_type) statuses += text_or(event.detail, "Status") + " ";
  EXPECT_EQ(statuses, "Pending InProgress Success ");
}

TEST_F(AutomationStory, OfAnIncidentTheEvidenceIsKeptBeforeTheCommand) {
  const Execution done = world.execution(run(rollback, {{"ParameterName", {"/shop/pool"}}, {"IncidentRecordArn", {incident}}}));
  EXPECT_EQ(done.status, ExecutionStatus::success);
  ASSERT_EQ(world.evidence.asked.size(), 1u);
  EXPECT_EQ(to_json(world.evidence.asked[0].targets), R"({"Targets":[{"Key":"tag:service","Values":["payment"]}]})");
  ASSERT_EQ(done.evidence.size(), 1u);
  EXPECT_EQ(done.evidence[0].status, "Kept");
  EXPECT_EQ(to_json(done.evidence[0].result), R"({"Stored":"evidence/1"})");
  EXPECT_GE(world.api.ledger("ssm.SendCommand")[0].at, done.evidence[0].ended_at);
}

TEST_F(AutomationStory, EvidenceThatDoesNotComeBlocksNothing) {
  world.evidence.takes = {};
  const Execution done = world.execution(run(rollback, {{"ParameterName", {"/shop/pool"}}, {"IncidentRecordArn", {incident}}}));
  EXPECT_EQ(done.status, ExecutionStatus::success);
  EXPECT_EQ(done.evidence[0].status, "Failed");
  EXPECT_EQ(world.api.ledger("ssm.SendCommand")[0].at - done.evidence[0].asked_at, 10s);
}

TEST_F(AutomationStory, AFailureTakesItsPathAndTheExecutionFailsAllTheSame) {
  world.api.on("ssm.PutParameter",
               [](const ApiRequest&) { return ApiOutcome{.error_code = "ParameterNotFound", .error_message = "Parameter /x not found."}; });
  const Execution done = world.execution(run(R"(
schemaVersion: '0.3'
mainSteps:
- {name: change, action: 'aws:executeAwsApi', maxAttempts: 3, onFailure: 'step:tell', inputs: {Service: ssm, Api: PutParameter, Name: /x}}
- {name: never, action: 'aws:sleep', inputs: {Duration: PT1S}}
- {name: tell, action: 'aws:executeAwsApi', inputs: {Service: sns, Api: Publish, Message: '{{automation:EXECUTION_ID}}'}, isEnd: true}
)"));
  EXPECT_EQ(done.status, ExecutionStatus::failed);
  EXPECT_EQ(path_of(done), "change:Failed tell:Success ");
  EXPECT_EQ(done.steps[0].attempt, 3);
  EXPECT_EQ(world.api.ledger("ssm.PutParameter").size(), 3u);
  EXPECT_EQ(done.failure_message,
            "Step fails when it is Execute/Cancelling action. An error occurred (ParameterNotFound) when calling the PutParameter "
            "operation: Parameter /x not found. "
            "Please refer to Automation Service Troubleshooting Guide for more diagnosis details.");
}

TEST_F(AutomationStory, OnFailureContinueAndAStepThatIsNotCriticalLetTheExecutionSucceed) {
  const Execution done = world.execution(run(R"(
schemaVersion: '0.3'
mainSteps:
- {name: try_it, action: 'aws:executeAwsApi', onFailure: Continue, inputs: {Service: none, Api: Nothing}}
- {name: script, action: 'aws:executeScript', onFailure: 'step:last', isCritical: false, inputs: {}}
- {name: last, action: 'aws:sleep', inputs: {Duration: PT5S}}
)"));
  EXPECT_EQ(path_of(done), "try_it:Failed script:Failed last:Success ");
  EXPECT_EQ(done.status, ExecutionStatus::success);
  EXPECT_NE(done.steps[1].failure_message.find("aws:executeScript is not offered by this server"), std::string::npos);
}

constexpr auto approval = R"(
schemaVersion: '0.3'
mainSteps:
- name: ask
  action: aws:approve
  timeoutSeconds: 600
  inputs: {NotificationArn: 'arn:aws:sns:eu-west-1:000000000000:ops', Message: May I go on, MinRequiredApprovals: 2, Approvers: [alice, bob, 'arn:aws:iam::000000000000:user/carol']}
- {name: go, action: 'aws:sleep', inputs: {Duration: PT1S}}
)";

TEST_F(AutomationStory, TwoOfThreeApprove) {
  const std::string id = run(approval, {}, 10s);
  EXPECT_EQ(world.execution(id).status, ExecutionStatus::waiting);
  EXPECT_EQ(world.api.ledger("sns.Publish").size(), 1u);
  EXPECT_EQ(signal(id, "Approve", "mallory").error().reason, "InvalidAutomationSignalException");
  EXPECT_TRUE(signal(id, "Approve", "alice"));
  EXPECT_TRUE(signal(id, "Approve", "alice"));
  EXPECT_EQ(world.execution(id).status, ExecutionStatus::waiting);
  EXPECT_TRUE(signal(id, "Approve", "carol"));
  world.executor.run_for(5s);
  const Execution done = world.execution(id);
  EXPECT_EQ(done.status, ExecutionStatus::success);
  EXPECT_EQ(text_or(done.steps[0].outputs, "ApprovalStatus"), "Approved");
  EXPECT_EQ(signal(id, "Approve", "bob").error().reason, "InvalidAutomationSignalException");
}

TEST_F(AutomationStory, ANoEndsItAndSilenceTimesOut) {
  const std::string id = run(approval, {}, 10s);
  EXPECT_TRUE(signal(id, "Reject", "bob"));
  EXPECT_EQ(world.execution(id).status, ExecutionStatus::failed);
  const auto silent = world.begin({.document = "Runbook"});
  world.executor.run_for(601s);
  EXPECT_EQ(world.execution(*silent).status, ExecutionStatus::timed_out);
  EXPECT_EQ(path_of(world.execution(*silent)), "ask:TimedOut ");
}

TEST_F(AutomationStory, APropertyThatNeverComesTimesOut) {
  const Execution done = world.execution(run(R"(
schemaVersion: '0.3'
mainSteps:
- name: wait
  action: aws:waitForAwsResourceProperty
  timeoutSeconds: 60
  inputs: {Service: cloudwatch, Api: DescribeAlarms, PropertySelector: '$.MetricAlarms[0].StateValue', DesiredValues: [OK]}
)"));
  EXPECT_EQ(done.status, ExecutionStatus::timed_out);
  EXPECT_EQ(done.ended_at - done.started_at, 60s);
}

TEST_F(AutomationStory, AnAssertionThatDoesNotHoldSaysWhatItFound) {
  const Execution done = world.execution(run(R"(
schemaVersion: '0.3'
mainSteps:
- name: check
  action: aws:assertAwsResourceProperty
  inputs: {Service: cloudwatch, Api: DescribeAlarms, PropertySelector: '$.MetricAlarms[0].StateValue', DesiredValues: [OK]}
)"));
  EXPECT_EQ(done.status, ExecutionStatus::failed);
  EXPECT_NE(done.failure_message.find("Property value ALARM from the API output is not in desired values"), std::string::npos);
}

TEST_F(AutomationStory, AStopCancelsTheCommandAndTakesTheCancelPath) {
  world.api.on("ssm.ListCommands",
               [](const ApiRequest&) { return ApiOutcome{.output = parse_json(R"({"Commands":[{"Status":"InProgress"}]})").value()}; });
  const std::string id = run(R"(
schemaVersion: '0.3'
mainSteps:
- {name: command, action: 'aws:runCommand', onCancel: 'step:clean', inputs: {DocumentName: AWS-RunShellScript, InstanceIds: [mi-1], Parameters: {commands: sleep 600}}}
- {name: never, action: 'aws:sleep', inputs: {Duration: PT1S}}
- {name: clean, action: 'aws:executeAwsApi', inputs: {Service: sns, Api: Publish, Message: stopped}, isEnd: true}
)",
                             {}, 30s);
  EXPECT_EQ(world.api.ledger("ssm.SendCommand")[0].input,
            R"({"DocumentName":"AWS-RunShellScript","InstanceIds":["mi-1"],"Parameters":{"commands":["sleep 600"]}})");
  EXPECT_TRUE(world.in_unit([&] { return world.engine.stop(world.scope, id, true); }));
  world.executor.run_for(5s);
  const Execution done = world.execution(id);
  EXPECT_EQ(done.status, ExecutionStatus::cancelled);
  EXPECT_EQ(path_of(done), "command:Cancelled clean:Success ");
  EXPECT_EQ(world.api.ledger("ssm.CancelCommand").size(), 1u);
  EXPECT_EQ(world.in_unit([&] { return world.engine.stop(world.scope, id, true); }).error().reason,
            "InvalidAutomationStatusUpdateException");
}

TEST_F(AutomationStory, APauseWaitsForResumeAndVariablesAreKept) {
  const std::string id = run(R"(
schemaVersion: '0.3'
variables: {count: {type: String, default: none}}
outputs: ['variable:count']
mainSteps:
- {name: hold, action: 'aws:pause'}
- {name: set, action: 'aws:updateVariable', inputs: {Name: 'variable:count', Value: many}}
)",
                             {}, 1h);
  EXPECT_EQ(world.execution(id).status, ExecutionStatus::waiting);
  EXPECT_TRUE(signal(id, "Resume", "alice"));
  world.executor.run_for(1s);
  EXPECT_EQ(world.execution(id).status, ExecutionStatus::success);
  EXPECT_EQ(to_json(world.execution(id).outputs), R"({"variable:count":"many"})");
}

TEST_F(AutomationStory, RefusalsBearTheServicesCodes) {
  ASSERT_TRUE(world.create("Runbook", rollback));
  EXPECT_EQ(world.begin({.document = "None"}).error().reason, "AutomationDefinitionNotFoundException");
  EXPECT_EQ(world.begin({.document = "AWS-RunShellScript"}).error().reason, "AutomationDefinitionNotFoundException");
  EXPECT_EQ(world.begin({.document = "Runbook", .version = "9"}).error().reason, "AutomationDefinitionVersionNotFoundException");
  EXPECT_EQ(world.begin({.document = "Runbook"}).error().reason, "InvalidAutomationExecutionParametersException");
  StartAutomation once{
      .document = "Runbook", .parameters = {{"ParameterName", {"/x"}}}, .client_token = "11111111-1111-1111-1111-111111111111"};
  const auto first = world.begin(once);
  EXPECT_EQ(world.begin(once), first);
  once.parameters["ParameterName"] = {"/y"};
  EXPECT_EQ(world.begin(once).error().reason, "IdempotentParameterMismatch");
}

/// Runs the rollback of an incident on a file, dying at the given commit, then in a second life to its end. Returns how many commits the
/// first life saw.
int live_and_die(int die_at, bool is_after, bool answers_later) {
  // in memory where there is such a place: what is tried is the order of commits, not the disk
  const std::filesystem::path memory = "/dev/shm";
  const auto path = (std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path()) /
                    ("tocsin-automation-" + std::to_string(getpid()) + ".db");
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path.string() + suffix);
  std::string id;
  int commits = 0;
  Instant died_at = instant_from_ms(start_ms);
  {
    AutomationWorld world(path, died_at);
    serve(world);
    if (answers_later) world.api.answer_later();
    world.start();
    EXPECT_TRUE(world.create("Runbook", rollback));
    id = world.begin({.document = "Runbook", .parameters = {{"ParameterName", {"/shop/pool"}}}, .incident_arn = incident}).value();
    commits = -world.database.commits();
    world.database.die_at(die_at, is_after);
    try {
      world.executor.run_for(5min);
    } catch (const testing::Crash&) {
    }
    commits += world.database.commits();
    died_at = world.clock.now();
  }
  AutomationWorld world(path, died_at + 1s);
  serve(world);
  if (answers_later) world.api.answer_later();
  world.start();
  world.executor.run_for(10min);
  const Execution done = world.execution(id);
  EXPECT_EQ(done.status, ExecutionStatus::success) << "died at " << die_at << " " << done.failure_message;
  EXPECT_EQ(path_of(done), "before:Success decide:Success rollback:Success restart:Success recovered:Success ") << "died at " << die_at;
  std::map<std::string, int> carried_out;
  for (const Entry& entry : world.api.ledger()) ++carried_out[entry.key];
  int twice = 0, resends = 0;
  for (const auto& [key, count] : carried_out) twice += count - 1;
  for (const StepRun& run : done.steps) resends += run.resends;
  EXPECT_LE(twice, answers_later ? resends : 0) << "died at " << die_at;
  EXPECT_LE(world.api.ledger("ssm.SendCommand").size(), answers_later ? 2u : 1u) << "died at " << die_at;
  return commits;
}

TEST(AutomationCrash, AtEveryCommitTheStoryGoesOnAndNoDeedIsDoneTwice) {
  const int commits = live_and_die(0, false, false);
  ASSERT_GT(commits, 15);
  for (int at = 1; at <= commits; ++at)
    for (const bool is_after : {false, true}) live_and_die(at, is_after, false);
}

TEST(AutomationCrash, WhereDeedAndRecordAreApartADoubtfulCallIsSentAgainAndMarked) {
  const int commits = live_and_die(0, false, true);
  for (int at = 1; at <= commits; ++at)
    for (const bool is_after : {false, true}) live_and_die(at, is_after, true);
}

}  // namespace
}  // namespace tocsin::remediate
