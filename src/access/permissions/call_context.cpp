#include <array>
#include <boost/json.hpp>

#include "access/permissions/required_permission.h"

namespace tocsin::access {
namespace {

struct Key {
  std::string_view service;
  std::string_view member;
  std::string_view key;
};

constexpr std::array<Key, 14> keys{{
    {"sts", "ExternalId", "sts:externalid"},
    {"sts", "RoleSessionName", "sts:rolesessionname"},
    {"sts", "SourceIdentity", "sts:sourceidentity"},
    {"iam", "PolicyArn", "iam:policyarn"},
    {"iam", "PermissionsBoundary", "iam:permissionsboundary"},
    {"sns", "Protocol", "sns:protocol"},
    {"sns", "Endpoint", "sns:endpoint"},
    {"cloudwatch", "Namespace", "cloudwatch:namespace"},
    {"cloudwatch", "AlarmActions", "cloudwatch:alarmactions"},
    {"ssm", "DocumentName", "ssm:documentname"},
    {"ssm", "Overwrite", "ssm:overwrite"},
    {"ssm", "Recursive", "ssm:recursive"},
    {"logs", "destinationArn", "logs:destinationarn"},
    {"events", "EventBusName", "events:eventbusname"},
}};

void add_values(const Document& value, std::vector<std::string>& out) {
  if (value.is_string())
    out.emplace_back(value.as_string());
  else if (value.is_bool())
    out.emplace_back(value.as_bool() ? "true" : "false");
  else if (value.is_array())
    for (const Document& element : value.as_array()) add_values(element, out);
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

ConditionContext context_of_input(std::string_view service, const Document& input) {
  ConditionContext out;
  add_tags(input, out);
  for (const Key& key : keys) {
    if (key.service != service) continue;
    const Document* value = find(input, key.member);
    std::vector<std::string> values;
    if (value) add_values(*value, values);
    if (!values.empty()) out[std::string(key.key)] = std::move(values);
  }
  return out;
}

}  // namespace tocsin::access
