#include <array>
#include <boost/json.hpp>

#include "access/permissions/required_permission.h"

namespace tocsin::access {
namespace {

struct Key {
  std::string_view service;
  std::string_view member;  ///< "Entries.Source": of each entry
  std::string_view key;
  std::string_view operation = {};  ///< empty: each
};

constexpr std::array<Key, 32> keys{{
    {"sts", "ExternalId", "sts:externalid"},
    {"sts", "RoleSessionName", "sts:rolesessionname"},
    {"sts", "SourceIdentity", "sts:sourceidentity"},
    {"sts", "DurationSeconds", "sts:durationseconds"},
    {"sts", "TransitiveTagKeys", "sts:transitivetagkeys"},
    {"iam", "PolicyArn", "iam:policyarn"},
    {"iam", "PermissionsBoundary", "iam:permissionsboundary"},
    {"iam", "AWSServiceName", "iam:awsservicename"},
    {"sns", "Protocol", "sns:protocol"},
    {"sns", "Endpoint", "sns:endpoint"},
    {"cloudwatch", "Namespace", "cloudwatch:namespace"},
    {"cloudwatch", "AlarmActions", "cloudwatch:alarmactions"},
    {"ssm", "DocumentName", "ssm:documentname"},
    {"ssm", "DocumentType", "ssm:documenttype"},
    {"ssm", "DocumentVersion", "ssm:documentversion", "StartAutomationExecution"},
    {"ssm", "Overwrite", "ssm:overwrite"},
    {"ssm", "Policies", "ssm:policies"},
    {"ssm", "Recursive", "ssm:recursive"},
    {"ssm", "Items.TypeName", "ssm:inventorytypename", "PutInventory"},
    {"logs", "destinationArn", "logs:destinationarn"},
    {"logs", "resourceArn", "logs:loggeneratingresourcearns", "PutDeliverySource"},
    {"logs", "deliveryDestinationConfiguration.destinationResourceArn", "logs:deliverydestinationresourcearn"},
    {"events", "EventBusName", "events:eventbusname"},
    {"events", "Entries.Source", "events:source"},
    {"events", "Entries.DetailType", "events:detail-type"},
    {"events", "Targets.Arn", "events:targetarn", "PutTargets"},
    {"xray", "PolicyName", "xray:resourcepolicyname"},
    {"xray", "Destination", "xray:tracesegmentdestination"},
    {"health", "eventTypeCode", "health:eventtypecode"},
    {"s3", "Prefix", "s3:prefix"},
    {"s3", "Delimiter", "s3:delimiter"},
    {"s3", "MaxKeys", "s3:max-keys"},
}};

// those of a rule's pattern that PutRule knows
struct PatternKey {
  std::string_view outer, inner, innermost;
  std::string_view key;
};
constexpr std::array<PatternKey, 5> pattern_keys{{
    {"source", "", "", "events:source"},
    {"detail-type", "", "", "events:detail-type"},
    {"detail", "service", "", "events:detail.service"},
    {"detail", "eventTypeCode", "", "events:detail.eventtypecode"},
    {"detail", "userIdentity", "principalId", "events:detail.useridentity.principalid"},
}};

void add_values(const Document& value, std::vector<std::string>& out) {
  if (value.is_string())
    out.emplace_back(value.as_string());
  else if (value.is_bool())
    out.emplace_back(value.as_bool() ? "true" : "false");
  else if (value.is_int64())
    out.push_back(std::to_string(value.as_int64()));
  else if (value.is_array())
    for (const Document& element : value.as_array()) add_values(element, out);
}

void add_member(const Document& input, std::string_view path, std::vector<std::string>& out) {
  const auto dot = path.find('.');
  const Document* value = find(input, path.substr(0, dot));
  if (!value) return;
  if (dot == std::string_view::npos) return add_values(*value, out);
  if (const Array* elements = value->if_array())
    for (const Document& element : *elements) add_member(element, path.substr(dot + 1), out);
  else
    add_member(*value, path.substr(dot + 1), out);
}

void add_pattern(const Document& input, ConditionContext& out) {
  const auto pattern = parse_json(text_or(input, "EventPattern"));
  if (!pattern) return;
  for (const PatternKey& key : pattern_keys) {
    const Document* value = find(*pattern, key.outer);
    for (const std::string_view name : {key.inner, key.innermost})
      if (!name.empty()) value = find(value, name);
    std::vector<std::string> values;
    if (value) add_values(*value, values);
    if (!values.empty()) out[std::string(key.key)] = std::move(values);
  }
}

void add_tag(std::string_view name, std::string value, ConditionContext& out) {
  out["aws:requesttag/" + lower_case(name)] = {std::move(value)};
  out["aws:tagkeys"].emplace_back(name);
}

// tags come as a list of pairs or as a map, in one of four spellings
void add_tags(const Document& input, ConditionContext& out) {
  for (const char* member : {"Tags", "tags"}) {
    for (const Document& tag : array_at(input, member)) {
      const std::string name = text_or(tag, "Key", text_or(tag, "key"));
      if (!name.empty()) add_tag(name, text_or(tag, "Value", text_or(tag, "value")), out);
    }
    for (const auto& tag : object_at(input, member))
      if (tag.value().is_string()) add_tag(tag.key(), std::string(tag.value().as_string()), out);
  }
  for (const char* member : {"TagKeys", "tagKeys"})
    if (const Document* names = find(input, member)) add_values(*names, out["aws:tagkeys"]);
}

}  // namespace

ConditionContext context_of_input(std::string_view service, std::string_view operation, const Document& input) {
  ConditionContext out;
  add_tags(input, out);
  for (const Key& key : keys) {
    if (key.service != service || (!key.operation.empty() && key.operation != operation)) continue;
    std::vector<std::string> values;
    add_member(input, key.member, values);
    if (!values.empty()) out[std::string(key.key)] = std::move(values);
  }
  if (service == "events" && operation == "PutRule") add_pattern(input, out);
  if (service == "events" && operation == "PutEvents") out["events:eventbusinvocation"] = {"false"};
  return out;
}

}  // namespace tocsin::access
