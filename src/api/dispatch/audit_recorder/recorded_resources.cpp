#include "api/dispatch/audit_recorder/recorded_resources.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "access/permissions/required_permission.h"
#include "model/arn.h"

namespace tocsin::api {
namespace {

struct Kind {
  std::string_view service;
  std::string_view prefix;  ///< of the ARN's resource
  std::string_view type;
};

constexpr std::array<Kind, 30> kinds{{
    {"sns", "", "AWS::SNS::Topic"},
    {"sqs", "", "AWS::SQS::Queue"},
    {"logs", "log-group:", "AWS::Logs::LogGroup"},
    {"cloudwatch", "alarm:", "AWS::CloudWatch::Alarm"},
    {"cloudwatch", "dashboard/", "AWS::CloudWatch::Dashboard"},
    {"cloudwatch", "insight-rule/", "AWS::CloudWatch::InsightRule"},
    {"events", "rule/", "AWS::Events::Rule"},
    {"events", "event-bus/", "AWS::Events::EventBus"},
    {"events", "archive/", "AWS::Events::Archive"},
    {"events", "connection/", "AWS::Events::Connection"},
    {"events", "api-destination/", "AWS::Events::ApiDestination"},
    {"ssm", "parameter/", "AWS::SSM::Parameter"},
    {"ssm", "document/", "AWS::SSM::Document"},
    {"ssm", "automation-definition/", "AWS::SSM::Document"},
    {"ssm", "automation-execution/", "AWS::SSM::AutomationExecution"},
    {"ssm", "managed-instance/", "AWS::SSM::ManagedInstance"},
    {"ssm", "opsitem/", "AWS::SSM::OpsItem"},
    {"ssm", "maintenancewindow/", "AWS::SSM::MaintenanceWindow"},
    {"ssm", "association/", "AWS::SSM::Association"},
    {"ssm", "session/", "AWS::SSM::Session"},
    {"ssm-incidents", "response-plan/", "AWS::SSMIncidents::ResponsePlan"},
    {"ssm-incidents", "incident-record/", "AWS::SSMIncidents::IncidentRecord"},
    {"ssm-contacts", "contact-channel/", "AWS::SSMContacts::ContactChannel"},
    {"ssm-contacts", "contact/", "AWS::SSMContacts::Contact"},
    {"ssm-contacts", "rotation/", "AWS::SSMContacts::Rotation"},
    {"iam", "user/", "AWS::IAM::User"},
    {"iam", "group/", "AWS::IAM::Group"},
    {"iam", "role/", "AWS::IAM::Role"},
    {"iam", "policy/", "AWS::IAM::Policy"},
    {"ec2", "instance/", "AWS::EC2::Instance"},
}};

void add(std::string arn, std::vector<telemetry::AuditResource>& out) {
  if (arn == "*" || arn.find("*") != std::string::npos) return;
  // a policy speaks of a group's streams, a record of the group
  if (const auto stream = arn.find(":log-stream:"); stream != std::string::npos) arn.resize(stream);
  telemetry::AuditResource resource{resource_type_of(arn), std::move(arn)};
  if (std::find(out.begin(), out.end(), resource) == out.end()) out.push_back(std::move(resource));
}

}  // namespace

std::string resource_type_of(const std::string& text) {
  const auto arn = parse_arn(text);
  if (!arn) return "";
  for (const Kind& kind : kinds)
    if (kind.service == arn->service && arn->resource.starts_with(kind.prefix)) return std::string(kind.type);
  return "";
}

std::vector<telemetry::AuditResource> resources_of(const Call& call, const Reply& reply) {
  std::vector<telemetry::AuditResource> out;
  for (const access::RequiredPermission& required : access::required_permissions(call.service, call.operation, call.input, call.scope))
    for (const std::string& resource : required.resources)
      if (resource.starts_with("arn:")) add(resource, out);
  if (!reply || !reply->is_object()) return out;
  for (const auto& member : reply->as_object())
    if (member.value().is_string() && parse_arn(member.value().as_string())) add(std::string(member.value().as_string()), out);
  return out;
}

}  // namespace tocsin::api
