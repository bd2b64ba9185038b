// A runbook through the real API: documents, parameters and executions are made and read by calls, and its steps are calls of the same
// dispatcher.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/dispatch/dispatcher.h"
#include "api/ssm/automation_operations.h"
#include "api/ssm/document_operations.h"
#include "api/ssm/parameter_operations.h"
#include "api/ssm/service.h"
#include "api/ssm/tag_operations.h"
#include "remediate/testing/world.h"
#include "wire/aws/readable_document.h"

namespace tocsin::api::ssm {
namespace {
using namespace std::chrono_literals;

class OpenGate final : public Gate {
 public:
  std::expected<Caller, ServiceError> authenticate(const wire::HttpRequest&, std::string_view) override {
    return refuse("AccessDenied", "");
  }
  std::expected<void, ServiceError> authorize(const Call& call) override {
    if (call.operation == refused)
      return refuse("AccessDeniedException", "User: " + call.principal.arn + " is not authorized to perform: ssm:" + call.operation);
    return {};
  }
  std::string refused;
};
class Records final : public Recorder {
 public:
  void record(const Call& call, const Reply&) override { lines += call.operation + " by " + call.principal.arn + "\n"; }
  std::string lines;
};
class NoMetrics final : public SelfMetrics {
  void record(const Scope&, std::string_view, std::string_view, const Dimensions&, double, std::string_view) override {}
};
class NoEvidence final : public remediate::EvidenceKeeper {
  void keep(remediate::EvidenceRequest, Done) override {}
};

/// Calls the dispatcher as server/ does, always as the starter.
class DispatchedCalls final : public remediate::ApiCaller {
 public:
  void call(remediate::ApiRequest request, Record record, Task) override {
    auto keep = std::make_shared<Record>(std::move(record));
    InternalCall call{.service = request.service,
                      .operation = request.operation,
                      .input = std::move(request.input),
                      .principal = request.principal,
                      .scope = request.scope};
    call.within = [keep](const Reply& reply, const wire::Shape* shape) -> Result<void> {
      if (!reply) return (*keep)({.error_code = reply.error().code, .error_message = reply.error().message});
      return (*keep)({.output = shape ? wire::readable_document(*reply, *shape) : Document(Object{})});
    };
    dispatcher->call(std::move(call), [](Reply) {});
  }
  Dispatcher* dispatcher = nullptr;
};

constexpr auto runbook = R"(
schemaVersion: '0.3'
description: Roll a parameter back
parameters:
  Name: {type: String, allowedPattern: '^/.*'}
outputs: [check.Value]
mainSteps:
- name: before
  action: aws:executeAwsApi
  inputs: {Service: ssm, Api: GetParameterHistory, Name: '{{Name}}', MaxResults: '50'}
  outputs:
  - {Name: Value, Selector: '$.Parameters[-2].Value', Type: String}
  - {Name: When, Selector: '$.Parameters[-2].LastModifiedDate', Type: String}
- name: rollback
  action: aws:executeAwsApi
  inputs: {Service: ssm, Api: put-parameter, Name: '{{Name}}', Value: '{{before.Value}}', Overwrite: 'true'}
- name: check
  action: aws:assertAwsResourceProperty
  inputs: {Service: ssm, Api: GetParameter, Name: '{{Name}}', PropertySelector: $.Parameter.Value, DesiredValues: ['20']}
  outputs:
  - {Name: Value, Selector: $.Parameter.Value, Type: Integer}
)";

class RunbookByApi : public ::testing::Test {
 protected:
  RunbookByApi() {
    for (const auto& migrated : {tags.migrate(), parameters.migrate(), documents.migrate(), engine.migrate()})
      remediate::testing::World::must(migrated);
    const ListTokens pages{[](const Call&, std::string_view key) { return "p" + std::string(key); },
                           [](const Call&, std::string_view token) -> std::optional<std::string> { return std::string(token.substr(1)); }};
    std::vector<Service> services;
    services.push_back(make_ssm_service(
        {parameter_operations(parameters, pages), document_operations(documents, tags, pages), automation_operations(engine, pages),
         tag_operations(
             tags, {{"Automation", [this](const Scope& scope, const std::string& id) { return engine.find(scope, id).has_value(); }}})}));
    dispatcher.emplace(
        DispatcherParts{
            .models = models, .state = world.state, .gate = gate, .recorder = records, .random = world.random, .metrics = metrics},
        std::move(services));
    calls.dispatcher = &*dispatcher;
    world.timers.start();
    engine.start();
    world.executor.run_ready();
  }

  Reply call(const std::string& operation, Document input) {
    std::optional<Reply> answer;
    dispatcher->call({.service = "ssm",
                      .operation = operation,
                      .input = std::move(input),
                      .principal = {.account = scope.account, .arn = "arn:aws:iam::000000000000:user/alice"},
                      .scope = scope},
                     [&](Reply reply) { answer = std::move(reply); });
    world.executor.run_ready();
    return std::move(answer.value());
  }
  Reply call(const std::string& operation, const char* input) { return call(operation, parse_json(input).value()); }
  Document run(Object parameters) {
    const Reply begun = call("StartAutomationExecution", Object{{"DocumentName", "Rollback"}, {"Parameters", std::move(parameters)}});
    EXPECT_TRUE(begun) << begun.error().message;
    world.executor.run_for(1min);
    return *find(*call("GetAutomationExecution", *begun), "AutomationExecution");
  }
  void make_change() {
    ASSERT_TRUE(call("PutParameter", R"({"Name":"/shop/pool","Value":"20","Type":"String"})"));
    ASSERT_TRUE(call("PutParameter", R"({"Name":"/shop/pool","Value":"1","Overwrite":true})"));
    ASSERT_TRUE(call("CreateDocument",
                     Object{{"Name", "Rollback"}, {"Content", runbook}, {"DocumentType", "Automation"}, {"DocumentFormat", "YAML"}}));
  }

  const Scope scope{"000000000000", "eu-west-1"};
  remediate::testing::World world;
  wire::ServiceModels models;
  OpenGate gate;
  Records records;
  NoMetrics metrics;
  NoEvidence evidence;
  std::unique_ptr<remediate::SecretCipher> cipher = remediate::make_aes_cipher(std::string(32, 'k'), world.random);
  remediate::ResourceTags tags{*world.database};
  remediate::ParameterStore parameters{world.state, world.journal, *cipher, tags};
  remediate::DocumentStore documents{world.state, tags, {{"Automation", remediate::check_runbook}}};
  DispatchedCalls calls;
  remediate::AutomationEngine engine{
      {world.state, world.random, world.journal, world.timers, documents, parameters, tags, calls, evidence}};
  std::optional<Dispatcher> dispatcher;
};

TEST_F(RunbookByApi, RollsAParameterBack) {
  make_change();
  const Document done = run({{"Name", Array{"/shop/pool"}}});
  EXPECT_EQ(text_or(done, "AutomationExecutionStatus"), "Success") << to_pretty_json(done);
  EXPECT_EQ(to_json(object_at(done, "Outputs")), R"({"check.Value":["20"]})");
  EXPECT_EQ(text_or(*find(*call("GetParameter", R"({"Name":"/shop/pool"})"), "Parameter"), "Value"), "20");
  EXPECT_NE(records.lines.find("PutParameter by arn:aws:iam::000000000000:user/alice"), std::string::npos) << records.lines;

  const Reply steps = call("DescribeAutomationStepExecutions",
                           Object{{"AutomationExecutionId", text_or(done, "AutomationExecutionId")}, {"MaxResults", 2}});
  EXPECT_EQ(array_at(*steps, "StepExecutions").size(), 2u);
  EXPECT_EQ(text_or(array_at(*steps, "StepExecutions")[1], "StepName"), "rollback");
  EXPECT_TRUE(find(*steps, "NextToken"));
  const Reply listed = call("DescribeAutomationExecutions", R"({"Filters":[{"Key":"ExecutionStatus","Values":["Success"]}]})");
  EXPECT_EQ(array_at(*listed, "AutomationExecutionMetadataList").size(), 1u);
  EXPECT_TRUE(array_at(*call("DescribeAutomationExecutions", R"({"Filters":[{"Key":"ExecutionStatus","Values":["Failed"]}]})"),
                       "AutomationExecutionMetadataList")
                  .empty());
  EXPECT_EQ(call("StopAutomationExecution", Object{{"AutomationExecutionId", text_or(done, "AutomationExecutionId")}}).error().code,
            "InvalidAutomationStatusUpdateException");
}

TEST_F(RunbookByApi, AStepMayNoMoreThanItsCallerMay) {
  make_change();
  gate.refused = "GetParameterHistory";
  const Document denied = run({{"Name", Array{"/shop/pool"}}});
  EXPECT_EQ(text_or(denied, "AutomationExecutionStatus"), "Failed");
  EXPECT_NE(text_or(denied, "FailureMessage").find("AccessDeniedException) when calling the GetParameterHistory operation"),
            std::string::npos);
  EXPECT_EQ(text_or(array_at(denied, "StepExecutions")[1], "StepStatus"), "Pending");
  std::string odd = runbook;
  odd.replace(odd.find("GetParameterHistory"), 19, "NoSuchOperation");
  ASSERT_TRUE(call("UpdateDocument", Object{{"Name", "Rollback"}, {"Content", odd}, {"DocumentFormat", "YAML"}}));
  ASSERT_TRUE(call("UpdateDocumentDefaultVersion", R"({"Name":"Rollback","DocumentVersion":"2"})"));
  const Document unknown = run({{"Name", Array{"/shop/pool"}}});
  EXPECT_NE(text_or(unknown, "FailureMessage").find("UnknownOperationException"), std::string::npos) << to_pretty_json(unknown);
}

TEST_F(RunbookByApi, DocumentsAreReadInBothFormatsAndExecutionsOverTargetsAreRefused) {
  make_change();
  const Reply json = call("GetDocument", R"({"Name":"Rollback","DocumentFormat":"JSON"})");
  EXPECT_EQ(text_or(parse_json(text_or(*json, "Content")).value(), "schemaVersion"), "0.3");
  EXPECT_EQ(text_or(*call("GetDocument", R"({"Name":"Rollback"})"), "Content"), runbook);
  const Reply described = call("DescribeDocument", R"({"Name":"Rollback"})");
  EXPECT_EQ(text_or(*find(*described, "Document"), "HashType"), "Sha256");
  EXPECT_EQ(
      call(
          "CreateDocument",
          R"({"Name":"Broken","DocumentType":"Automation","Content":"{\"schemaVersion\":\"0.3\",\"mainSteps\":[{\"name\":\"a\",\"action\":\"aws:fly\"}]}"})")
          .error()
          .message,
      "mainSteps[0] (a): the action aws:fly is not known.");
  EXPECT_EQ(call("StartAutomationExecution",
                 R"({"DocumentName":"Rollback","TargetParameterName":"Name","Targets":[{"Key":"ParameterValues","Values":["a"]}]})")
                .error()
                .code,
            "InvalidAutomationExecutionParametersException");
  EXPECT_EQ(call("StartAutomationExecution", R"({"DocumentName":"Rollback","Parameters":{"Name":["pool"]}})").error().message,
            "Parameter \"Name\" has the value pool, which does not match the allowed pattern ^/.*.");
  EXPECT_EQ(call("GetAutomationExecution", R"({"AutomationExecutionId":"00000000-0000-0000-0000-000000000000"})").error().code,
            "AutomationExecutionNotFoundException");
}

}  // namespace
}  // namespace tocsin::api::ssm
