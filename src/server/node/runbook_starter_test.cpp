// A runbook without a role acts as whoever started it, and as nobody else.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/document.h"
#include "simulation/world.h"

namespace tocsin::simulation {
namespace {

using namespace std::chrono_literals;

constexpr const char* reads_open_and_closed = R"({"schemaVersion": "0.3", "mainSteps": [
  {"name": "open", "action": "aws:executeAwsApi", "inputs": {"Service": "ssm", "Api": "GetParameter", "Name": "/open/a"}},
  {"name": "closed", "action": "aws:executeAwsApi", "inputs": {"Service": "ssm", "Api": "GetParameter", "Name": "/closed/a"}}]})";

constexpr const char* may_start_and_read_open = R"({"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "ssm:StartAutomationExecution", "Resource": "*"},
  {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": "arn:aws:ssm:*:*:parameter/open/*"}]})";

std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const std::size_t from = text.find(before) + before.size();
  return text.substr(from, text.find(after, from) - from);
}

Client new_user(World& world, const std::string& name, const char* policy) {
  world.call("iam", "CreateUser", {{"UserName", name}});
  world.call("iam", "PutUserPolicy", {{"UserName", name}, {"PolicyName", "own"}, {"PolicyDocument", policy}});
  const std::string key = text_or(world.call("iam", "CreateAccessKey", {{"UserName", name}}), "Xml");
  Client user = world.client();
  user.credentials = {};
  user.credentials.access_key_id = between(key, "<AccessKeyId>", "</AccessKeyId>");
  user.credentials.secret_access_key = between(key, "<SecretAccessKey>", "</SecretAccessKey>");
  return user;
}

TEST(RunbookStarter, ARunbookMayDoWhatItsStarterMayAndNoMore) {
  World world(11);
  for (const char* name : {"/open/a", "/closed/a"}) world.call("ssm", "PutParameter", {{"Name", name}, {"Value", "1"}, {"Type", "String"}});
  world.call("ssm", "CreateDocument", {{"Name", "Reads"}, {"DocumentType", "Automation"}, {"Content", reads_open_and_closed}});
  const Client ann = new_user(world, "ann", may_start_and_read_open);
  const std::string id = text_or(world.call(ann, "ssm", "StartAutomationExecution", {{"DocumentName", "Reads"}}), "AutomationExecutionId");
  world.fast_forward(30s);
  const Document execution = object_at(world.call("ssm", "GetAutomationExecution", {{"AutomationExecutionId", id}}), "AutomationExecution");
  const Array steps = array_at(execution, "StepExecutions");
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(text_or(steps[0], "StepStatus"), "Success");
  EXPECT_EQ(text_or(steps[1], "StepStatus"), "Failed");
  EXPECT_NE(text_or(steps[1], "FailureMessage").find(":user/ann is not authorized to perform: ssm:GetParameter"), std::string::npos);
}

}  // namespace
}  // namespace tocsin::simulation
