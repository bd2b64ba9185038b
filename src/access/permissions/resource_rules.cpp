#include "access/permissions/resource_rules.h"

#include <array>
#include <boost/json.hpp>
#include <span>

#include "model/arn.h"

namespace tocsin::access {
namespace {

/// The first rule of the service that fits the operation, and whose member the input has, gives the resource. In a form {v} is the value,
/// {r} the region, {a} the account, {Name} another member with a default after '|'. A value that is an ARN stands for itself.
/// The rules of every operation are held against the Service Authorization Reference by service_authorization_test.cpp.
struct Rule {
  std::string_view operation;  ///< a name; or a part of it between stars; or * for all
  std::string_view member;     ///< a text or a list of texts; "" always fits
  std::string_view form;
};

constexpr std::string_view itself = "{v}", any = "*";

constexpr Rule sns[] = {
    {"CreateTopic", "Name", "arn:aws:sns:{r}:{a}:{v}"}, {"*", "TopicArn", itself}, {"*", "TargetArn", itself}, {"*", "ResourceArn", itself},
    {"*", "SubscriptionArn", "topic of {v}"},
};
constexpr Rule sqs[] = {
    {"*", "QueueUrl", "queue of {v}"},
    {"GetQueueUrl", "QueueName", "arn:aws:sqs:{r}:{owner}:{v}"},
    {"*", "QueueName", "arn:aws:sqs:{r}:{a}:{v}"},
    {"*", "SourceArn", itself},
};
constexpr Rule logs[] = {
    {"*ScheduledQuery", "name", "arn:aws:logs:{r}:{a}:scheduled-query:{v}"},
    {"*ScheduledQuery*", "identifier", "arn:aws:logs:{r}:{a}:scheduled-query:{v}"},
    {"CreateLookupTable", "lookupTableName", "arn:aws:logs:{r}:{a}:lookup-table:{v}"},
    {"*LookupTable", "lookupTableArn", itself},
    {"CreateDelivery", "deliverySourceName", "arn:aws:logs:{r}:{a}:delivery-source:{v}"},
    {"*DeliveryDestinationPolicy", "deliveryDestinationName", "arn:aws:logs:{r}:{a}:delivery-destination:{v}"},
    {"*DeliveryDestination", "name", "arn:aws:logs:{r}:{a}:delivery-destination:{v}"},
    {"*DeliverySource", "name", "arn:aws:logs:{r}:{a}:delivery-source:{v}"},
    {"*Delivery*", "id", "arn:aws:logs:{r}:{a}:delivery:{v}"},
    {"*Destination*", "destinationName", "arn:aws:logs:{r}:{a}:destination:{v}"},
    {"CreateLogAnomalyDetector", "logGroupArnList", "arn:aws:logs:{r}:{a}:log-group:{v}:log-stream:"},
    {"*Anomal*", "anomalyDetectorArn", itself},
    {"*IndexPolic*", "", any},
    {"DescribeFieldIndexes", "", any},
    {"DescribeQueries", "", any},
    {"*QueryDefinition*", "", any},
    {"CreateLogGroup", "logGroupName", "arn:aws:logs:{r}:{a}:log-group:{v}"},
    {"*Query*", "logGroupNames", "arn:aws:logs:{r}:{a}:log-group:{v}:log-stream:"},
    {"*agResource", "resourceArn", itself},
    {"ListTagsForResource", "resourceArn", itself},
    {"*", "logGroupName", "arn:aws:logs:{r}:{a}:log-group:{v}:log-stream:{logStreamName|}"},
    {"*", "logGroupIdentifier", "arn:aws:logs:{r}:{a}:log-group:{v}:log-stream:{logStreamName|}"},
    {"*", "logGroupIdentifiers", "arn:aws:logs:{r}:{a}:log-group:{v}:log-stream:"},
    {"DescribeLogGroups", "", "arn:aws:logs:{r}:{a}:log-group::log-stream:"},
};
constexpr Rule cloudwatch[] = {
    {"ListAlarmMuteRules", "", "arn:aws:cloudwatch:{r}:{a}:alarm-mute-rule:*"},
    {"*Alarm*", "AlarmName", "arn:aws:cloudwatch:{r}:{a}:alarm:{v}"},
    {"*Alarm*", "AlarmNames", "arn:aws:cloudwatch:{r}:{a}:alarm:{v}"},
    {"DescribeAlarms", "", "arn:aws:cloudwatch:{r}:{a}:alarm:*"},
    {"*AlarmMuteRule", "AlarmMuteRuleName", "arn:aws:cloudwatch:{r}:{a}:alarm-mute-rule:{v}"},
    {"PutAlarmMuteRule", "Name", "arn:aws:cloudwatch:{r}:{a}:alarm-mute-rule:{v}"},
    {"*Dashboard", "DashboardName", "arn:aws:cloudwatch::{a}:dashboard/{v}"},
    {"DeleteDashboards", "DashboardNames", "arn:aws:cloudwatch::{a}:dashboard/{v}"},
    {"*InsightRule*", "RuleName", "arn:aws:cloudwatch:{r}:{a}:insight-rule/{v}"},
    {"*InsightRules", "RuleNames", "arn:aws:cloudwatch:{r}:{a}:insight-rule/{v}"},
    {"*", "ResourceARN", itself},
};
constexpr Rule events[] = {
    {"*Archive", "ArchiveName", "arn:aws:events:{r}:{a}:archive/{v}"},
    {"*Replay", "ReplayName", "arn:aws:events:{r}:{a}:replay/{v}"},
    {"*Connection", "Name", "arn:aws:events:{r}:{a}:connection/{v}"},
    {"*ApiDestination", "Name", "arn:aws:events:{r}:{a}:api-destination/{v}"},
    {"*EventBus", "Name", "arn:aws:events:{r}:{a}:event-bus/{v}"},
    {"*Targets*", "Rule", "arn:aws:events:{r}:{a}:rule/{EventBusName|default}/{v}"},
    {"*Rule*", "Name", "arn:aws:events:{r}:{a}:rule/{EventBusName|default}/{v}"},
    {"PutEvents", "Entries.EventBusName", "arn:aws:events:{r}:{a}:event-bus/{v}"},
    {"PutEvents", "", "arn:aws:events:{r}:{a}:event-bus/default"},
    {"*", "ResourceARN", itself},
};
constexpr Rule ssm[] = {
    {"*Parameter*", "Name", "arn:aws:ssm:{r}:{a}:parameter{/v}"},
    {"*Parameter*", "Names", "arn:aws:ssm:{r}:{a}:parameter{/v}"},
    {"*Parameter*", "Path", "arn:aws:ssm:{r}:{a}:parameter{/v}"},
    {"SendCommand", "DocumentName", "arn:aws:ssm:{r}:{a}:document/{v}"},
    {"StartAutomationExecution", "DocumentName", "arn:aws:ssm:{r}:{a}:automation-definition/{v}:{DocumentVersion|$DEFAULT}"},
    {"DescribeAutomationStepExecutions", "AutomationExecutionId", "arn:aws:ssm:{r}:{a}:automation-execution/{v}"},
    {"*AutomationExecution*", "AutomationExecutionId", "arn:aws:ssm:{r}:{a}:automation-execution/{v}"},
    {"SendAutomationSignal", "AutomationExecutionId", "arn:aws:ssm:{r}:{a}:automation-execution/{v}"},
    {"StartSession", "Target", "machine of {v}"},
    {"GetConnectionStatus", "Target", "machine of {v}"},
    {"*Resource", "ResourceId", "tagged {v}"},
    {"*Session", "SessionId", "arn:aws:ssm:{r}:{a}:session/{v}"},
    {"*Document*", "Name", "arn:aws:ssm:{r}:{a}:document/{v}"},
    {"*OpsItem*", "OpsItemId", "arn:aws:ssm:{r}:{a}:opsitem/{v}"},
    {"*MaintenanceWindow*", "WindowId", "arn:aws:ssm:{r}:{a}:maintenancewindow/{v}"},
    {"*Association*", "AssociationId", "arn:aws:ssm:{r}:{a}:association/{v}"},
    {"*ManagedInstance*", "InstanceId", "machine of {v}"},
};
constexpr Rule ssm_incidents[] = {
    {"*", "responsePlanArn", itself},
    {"*", "incidentRecordArn", itself},
    {"*", "resourceArn", itself},
    {"*", "arn", itself},
};
constexpr Rule ssm_contacts[] = {
    {"CreateContact", "Alias", "arn:aws:ssm-contacts:{r}:{a}:contact/{v}"},
    {"*", "ContactId", itself},
    {"*", "ContactChannelId", itself},
    {"*", "EngagementId", itself},
    {"*", "PageId", itself},
    {"*", "RotationId", itself},
    {"*", "ContactArn", itself},
    {"*", "ResourceARN", itself},
};
constexpr Rule scheduler[] = {
    {"*ScheduleGroup", "Name", "arn:aws:scheduler:{r}:{a}:schedule-group/{v}"},
    {"*Schedule", "Name", "arn:aws:scheduler:{r}:{a}:schedule/{GroupName|default}/{v}"},
    {"*", "ResourceArn", itself},
};
constexpr Rule health[] = {
    {"DescribeEventDetails", "eventArns", itself},
    {"DescribeAffectedEntities", "filter.eventArns", itself},
};
constexpr Rule chatbot[] = {
    {"Describe*", "", any},
    {"*UserIdentit*", "", any},
    {"GetMicrosoftTeamsChannelConfiguration", "", any},
    {"ListTagsForResource", "", any},
    {"*", "ChatConfigurationArn", itself},
    {"*", "CustomActionArn", itself},
    {"*", "ChatConfiguration", itself},
    {"*", "ResourceARN", itself},
};
constexpr Rule s3[] = {{"*", "Key", "arn:aws:s3:::{Bucket|}/{v}"}, {"DeleteObjects", "Bucket", "arn:aws:s3:::{v}/*"}, {"*", "Bucket", "arn:aws:s3:::{v}"}};
constexpr Rule ec2[] = {{"*Tags", "Resources", "arn:aws:ec2:{r}:{a}:instance/{v}"}};
constexpr Rule xray[] = {
    {"PutTelemetryRecords", "", any},
    {"*", "ResourceARN", itself},
    {"*Group*", "GroupARN", itself},
    {"*Group*", "GroupName", "arn:aws:xray:{r}:{a}:group/{v}/*"},
    {"*SamplingRule", "RuleName", "arn:aws:xray:{r}:{a}:sampling-rule/{v}"},
    {"*SamplingRule", "RuleARN", itself},
    {"CreateSamplingRule", "SamplingRule.RuleName", "arn:aws:xray:{r}:{a}:sampling-rule/{v}"},
    {"UpdateSamplingRule", "SamplingRuleUpdate.RuleName", "arn:aws:xray:{r}:{a}:sampling-rule/{v}"},
};
constexpr Rule sts[] = {
    {"AssumeRole*", "RoleArn", itself},
    {"GetFederationToken", "Name", "arn:aws:sts::{a}:federated-user/{v}"},
};
constexpr Rule iam[] = {
    {"CreateUser", "UserName", "arn:aws:iam::{a}:user{Path|/}{v}"},
    {"CreateGroup", "GroupName", "arn:aws:iam::{a}:group{Path|/}{v}"},
    {"CreateRole", "RoleName", "arn:aws:iam::{a}:role{Path|/}{v}"},
    {"CreateVirtualMFADevice", "VirtualMFADeviceName", "arn:aws:iam::{a}:mfa{Path|/}{v}"},
    {"CreateOpenIDConnectProvider", "Url", "arn:aws:iam::{a}:oidc-provider/{v}"},
    {"CreatePolicy", "PolicyName", "arn:aws:iam::{a}:policy{Path|/}{v}"},
    {"*InstanceProfile*", "InstanceProfileName", "arn:aws:iam::{a}:instance-profile/{v}"},
    {"*Group*", "GroupName", "arn:aws:iam::{a}:group/{v}"},
    {"*", "RoleName", "arn:aws:iam::{a}:role/{v}"},
    {"*", "UserName", "arn:aws:iam::{a}:user/{v}"},
    {"*", "SerialNumber", itself},
    {"*", "OpenIDConnectProviderArn", itself},
    {"*PrincipalPolicy", "PolicySourceArn", itself},
    {"ListPoliciesGrantingServiceAccess", "Arn", itself},
    {"CreateServiceLinkedRole", "AWSServiceName", "arn:aws:iam::{a}:role/aws-service-role/{v}/*"},
    {"GetServiceLinkedRoleDeletionStatus", "DeletionTaskId", "role of {v}"},
    {"*", "PolicyArn", itself},
};
constexpr Rule cloudtrail[] = {
    {"*", "TrailName", "arn:aws:cloudtrail:{r}:{a}:trail/{v}"},
    {"*Trail*", "Name", "arn:aws:cloudtrail:{r}:{a}:trail/{v}"},
    {"*Logging", "Name", "arn:aws:cloudtrail:{r}:{a}:trail/{v}"},
    {"*Tags", "ResourceId", itself},
};

struct ServiceRules {
  std::string_view service;
  std::span<const Rule> rules;
};
constexpr ServiceRules all[] = {{"sns", sns},
                                {"sqs", sqs},
                                {"logs", logs},
                                {"cloudwatch", cloudwatch},
                                {"events", events},
                                {"health", health},
                                {"ssm", ssm},
                                {"ssm-incidents", ssm_incidents},
                                {"ssm-contacts", ssm_contacts},
                                {"sts", sts},
                                {"iam", iam},
                                {"scheduler", scheduler},
                                {"chatbot", chatbot},
                                {"cloudtrail", cloudtrail},
                                {"xray", xray},
                                {"s3", s3},
                                {"ec2", ec2}};

bool fits(std::string_view pattern, std::string_view operation) {
  if (pattern == "*") return true;
  const bool open_front = pattern.starts_with('*'), open_back = pattern.ends_with('*');
  if (open_front) pattern.remove_prefix(1);
  if (open_back) pattern.remove_suffix(1);
  if (open_front && open_back) return operation.find(pattern) != std::string_view::npos;
  if (open_front) return operation.ends_with(pattern);
  return open_back ? operation.starts_with(pattern) : operation == pattern;
}

void add_texts(const Document& value, std::vector<std::string>& out) {
  if (value.is_string())
    out.emplace_back(value.as_string());
  else if (value.is_array())
    for (const Document& element : value.as_array()) add_texts(element, out);
}

// "Entries.EventBusName": that member of each element; "SamplingRule.RuleName": of the one
std::vector<std::string> values_of(const Document& input, std::string_view member) {
  std::vector<std::string> out;
  const auto dot = member.find('.');
  if (dot == std::string_view::npos) {
    if (const Document* value = find(input, member)) add_texts(*value, out);
    return out;
  }
  if (const Document* inner = find(input, member.substr(0, dot)); inner && inner->is_object())
    if (const Document* value = find(*inner, member.substr(dot + 1))) add_texts(*value, out);
  for (const Document& element : array_at(input, member.substr(0, dot)))
    if (const Document* value = find(element, member.substr(dot + 1))) add_texts(*value, out);
  return out;
}

std::string topic_of(const std::string& subscription) {
  const auto colon = subscription.rfind(':');
  return colon == std::string::npos || !subscription.starts_with("arn:") ? "*" : subscription.substr(0, colon);
}

// http://host/ACCOUNT/NAME
std::string queue_of(const std::string& url, const Scope& scope) {
  const auto name_slash = url.rfind('/');
  if (name_slash == std::string::npos || name_slash == 0) return make_arn("sqs", scope, url);
  const auto account_slash = url.rfind('/', name_slash - 1);
  const std::string account = url.substr(account_slash + 1, name_slash - account_slash - 1);
  return make_arn("sqs", {account, scope.region}, url.substr(name_slash + 1));
}

std::string machine_of(const std::string& id, const Scope& scope) {
  return id.starts_with("i-") ? make_arn("ec2", scope, "instance/" + id) : make_arn("ssm", scope, "managed-instance/" + id);
}

/// Of the operations on tags: what the kind of resource says.
std::string tagged(const std::string& id, const Document& input, const Scope& scope) {
  struct Kind {
    std::string_view type, prefix;
  };
  constexpr Kind kinds[] = {
      {"Document", "document/"},          {"MaintenanceWindow", "maintenancewindow/"}, {"OpsItem", "opsitem/"},
      {"OpsMetadata", "opsmetadata/"},    {"Automation", "automation-execution/"},     {"Association", "association/"},
      {"PatchBaseline", "patchbaseline/"}};
  const std::string type = text_or(input, "ResourceType");
  if (type == "ManagedInstance") return machine_of(id, scope);
  if (type == "Parameter") return make_arn("ssm", scope, (id.starts_with('/') ? "parameter" : "parameter/") + id);
  for (const Kind& kind : kinds)
    if (kind.type == type) return make_arn("ssm", scope, std::string(kind.prefix) + id);
  return "*";
}

// task/aws-service-role/SERVICE/NAME/ID
std::string role_of_task(const std::string& task, const Scope& scope) {
  constexpr std::string_view front = "task/";
  const auto end = task.rfind('/');
  if (!task.starts_with(front) || end < front.size()) return "*";
  return "arn:aws:iam::" + scope.account + ":role/" + task.substr(front.size(), end - front.size());
}

std::string filled(std::string_view form, const std::string& value, const Document& input, const Scope& scope) {
  std::string out;
  while (!form.empty()) {
    const auto open = form.find('{');
    out += form.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = form.find('}', open);
    const std::string_view name = form.substr(open + 1, close - open - 1);
    form.remove_prefix(close + 1);
    if (name == "v")
      out += value;
    else if (name == "/v")
      out += value.starts_with('/') ? value : '/' + value;
    else if (name == "r")
      out += scope.region;
    else if (name == "a")
      out += scope.account;
    else if (name == "owner")
      out += text_or(input, "QueueOwnerAWSAccountId", scope.account);
    else
      out += text_or(input, name.substr(0, name.find('|')), name.substr(name.find('|') + 1));
  }
  return out;
}

std::string resource_of(const Rule& rule, const std::string& value, const Document& input, const Scope& scope) {
  if (rule.form.starts_with("topic of")) return topic_of(value);
  if (rule.form.starts_with("queue of")) return queue_of(value, scope);
  if (rule.form.starts_with("machine of")) return machine_of(value, scope);
  if (rule.form.starts_with("role of")) return role_of_task(value, scope);
  if (rule.form.starts_with("tagged")) return tagged(value, input, scope);
  // the key of an object may look like an ARN and is none
  if (rule.form.starts_with("arn:aws:s3:::")) return filled(rule.form, value, input, scope);
  if (value.starts_with("arn:") && rule.form.find("log-stream") == std::string_view::npos) return value;
  if (value.starts_with("arn:")) return value + (value.ends_with(":*") ? "" : ":log-stream:" + text_or(input, "logStreamName"));
  // the default bus is not part of its rules' names
  std::string out = filled(rule.form, value, input, scope);
  // nor the scheme of a provider's
  if (const auto scheme = out.find("oidc-provider/https://"); scheme != std::string::npos) out.erase(scheme + 14, 8);
  if (const auto bus = out.find(":rule/default/"); bus != std::string::npos) out.erase(bus + 6, 8);
  return out;
}

}  // namespace

std::vector<std::string> resources_of(std::string_view service, std::string_view operation, const Document& input, const Scope& scope) {
  for (const ServiceRules& candidate : all) {
    if (candidate.service != service) continue;
    for (const Rule& rule : candidate.rules) {
      if (!fits(rule.operation, operation)) continue;
      if (rule.member.empty()) return {filled(rule.form, "", input, scope)};
      std::vector<std::string> resources;
      const auto values = values_of(input, rule.member);
      for (const std::string& value : values) resources.push_back(resource_of(rule, value, input, scope));
      // entries that name no bus mean the default one
      if (operation == "PutEvents" && !values.empty() && values.size() < array_at(input, "Entries").size())
        resources.push_back(make_arn("events", scope, "event-bus/default"));
      if (!resources.empty()) return resources;
    }
  }
  return {"*"};
}

}  // namespace tocsin::access
