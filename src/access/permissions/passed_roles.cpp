#include "access/permissions/passed_roles.h"

#include <boost/json.hpp>

namespace tocsin::access {
namespace {

struct Passing {
  std::string_view service;
  std::string_view operation;
  std::string_view member;  ///< the last name of the path; found at any depth
  std::string_view to;
};

constexpr Passing passings[] = {
    {"events", "PutTargets", "RoleArn", "events.amazonaws.com"},
    {"events", "PutRule", "RoleArn", "events.amazonaws.com"},
    {"ssm", "SendCommand", "ServiceRoleArn", "ssm.amazonaws.com"},
    {"ssm", "UpdateManagedInstanceRole", "IamRole", "ssm.amazonaws.com"},
    {"ssm", "CreateActivation", "IamRole", "ssm.amazonaws.com"},
    {"ssm", "StartAutomationExecution", "AutomationAssumeRole", "ssm.amazonaws.com"},
    {"ssm", "CreateAssociation", "AutomationAssumeRole", "ssm.amazonaws.com"},
    {"ssm", "RegisterTaskWithMaintenanceWindow", "ServiceRoleArn", "ssm.amazonaws.com"},
    {"ssm-incidents", "CreateResponsePlan", "roleArn", "ssm-incidents.amazonaws.com"},
    {"ssm-incidents", "UpdateResponsePlan", "roleArn", "ssm-incidents.amazonaws.com"},
    {"logs", "PutSubscriptionFilter", "roleArn", "logs.amazonaws.com"},
    {"logs", "PutDestination", "roleArn", "logs.amazonaws.com"},
    {"logs", "CreateScheduledQuery", "executionRoleArn", "logs.amazonaws.com"},
    {"logs", "UpdateScheduledQuery", "executionRoleArn", "logs.amazonaws.com"},
    {"cloudwatch", "PutLogAlarm", "ScheduledQueryRoleARN", "logs.amazonaws.com"},
    {"chatbot", "CreateSlackChannelConfiguration", "IamRoleArn", "chatbot.amazonaws.com"},
    {"chatbot", "UpdateSlackChannelConfiguration", "IamRoleArn", "chatbot.amazonaws.com"},
    {"chatbot", "CreateMicrosoftTeamsChannelConfiguration", "IamRoleArn", "chatbot.amazonaws.com"},
    {"chatbot", "UpdateMicrosoftTeamsChannelConfiguration", "IamRoleArn", "chatbot.amazonaws.com"},
    {"chatbot", "CreateChimeWebhookConfiguration", "IamRoleArn", "chatbot.amazonaws.com"},
    {"chatbot", "UpdateChimeWebhookConfiguration", "IamRoleArn", "chatbot.amazonaws.com"},
    {"scheduler", "CreateSchedule", "RoleArn", "scheduler.amazonaws.com"},
    {"scheduler", "UpdateSchedule", "RoleArn", "scheduler.amazonaws.com"},
    {"lambda", "CreateFunction", "Role", "lambda.amazonaws.com"},
    {"lambda", "UpdateFunctionConfiguration", "Role", "lambda.amazonaws.com"},
    {"cloudtrail", "CreateTrail", "CloudWatchLogsRoleArn", "cloudtrail.amazonaws.com"},
    {"cloudtrail", "UpdateTrail", "CloudWatchLogsRoleArn", "cloudtrail.amazonaws.com"},
};

void add(const Document& value, std::vector<std::string>& out) {
  if (value.is_string() && !value.as_string().empty())
    out.emplace_back(value.as_string());
  else if (value.is_array())
    for (const Document& element : value.as_array()) add(element, out);
}

void collect(const Document& document, std::string_view member, std::vector<std::string>& out) {
  if (document.is_array())
    for (const Document& element : document.as_array()) collect(element, member, out);
  if (!document.is_object()) return;
  for (const auto& field : document.as_object()) {
    if (field.key() == member)
      add(field.value(), out);
    else
      collect(field.value(), member, out);
  }
}

}  // namespace

std::vector<PassedRole> passed_roles(std::string_view service, std::string_view operation, const Document& input, const Scope& scope) {
  std::vector<PassedRole> roles;
  for (const Passing& passing : passings) {
    if (passing.service != service || passing.operation != operation) continue;
    std::vector<std::string> values;
    collect(input, passing.member, values);
    // a reference such as {{ AutomationAssumeRole }} is resolved, and checked by the trust policy, when it runs
    for (const std::string& value : values)
      if (value.find("{{") == std::string::npos)
        roles.push_back({value.starts_with("arn:") ? value : "arn:aws:iam::" + scope.account + ":role/" + value, std::string(passing.to)});
  }
  return roles;
}

}  // namespace tocsin::access
