// The account's policies, and resource policies.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutAccountPolicy.html
#include <boost/json.hpp>

#include "access/policies/policy_parser.h"
#include "api/logs/answers.h"
#include "api/logs/group_setting_operations.h"
#include "api/logs/setting_operations.h"
#include "telemetry/logs/data_protection/data_masks.h"
#include "telemetry/logs/group_policies/field_indexes.h"
#include "telemetry/logs/subscriptions/subscription_filter.h"
#include "telemetry/logs/transformers/transformer.h"

namespace tocsin::api::logs {
namespace {

using telemetry::LogSetting;
namespace log_setting = telemetry::log_setting;
constexpr std::int64_t resource_policies_max = 10;

Object to_policy(const LogSetting& setting) {
  Object out = setting.body.get_object();
  out.erase("since");
  out["policyName"] = setting.name;
  out["policyType"] = setting.owner;
  out["accountId"] = setting.scope.account;
  return out;
}

Checked<void> check_subscription(LogRooms& rooms, const Call& call, const Document& document) {
  if (!text_at(document, "DestinationArn")) return invalid_parameter("The policy document must have a DestinationArn.");
  const auto filter = telemetry::compile_subscription_filter(
      "policy", Object{{"filterPattern", text_or(document, "FilterPattern")}, {"destinationArn", text_or(document, "DestinationArn")}});
  if (!filter) return invalid_parameter(filter.error().message);
  if (auto fits = rooms.targets.check(call.scope, text_or(document, "DestinationArn"), ""); !fits) return to_service_error(fits.error());
  return {};
}

/// The setting of the policy, checked by its type.
Checked<Object> account_policy(LogRooms& rooms, const Call& call, const std::optional<Document>& before) {
  const std::string type = text_or(call.input, "policyType"), text = text_or(call.input, "policyDocument");
  if (type == "DATA_PROTECTION_POLICY") {
    auto setting = telemetry::data_protection_setting(text, before, to_ms(call.now));
    if (!setting) return invalid_parameter(setting.error().message);
    return std::move(*setting);
  }
  const auto document = parse_json(text);
  if (!document) return invalid_parameter("The policy document is not valid JSON.");
  if (type == "SUBSCRIPTION_FILTER_POLICY") {
    if (auto sound = check_subscription(rooms, call, *document); !sound) return std::unexpected(sound.error());
  } else if (type == "FIELD_INDEX_POLICY") {
    if (auto fields = telemetry::indexed_fields(text); !fields) return invalid_parameter(fields.error().message);
  } else if (type == "TRANSFORMER_POLICY") {
    if (!document->is_array()) return invalid_parameter("The policy document must be an array of processors.");
    if (auto sound = telemetry::Transformer::compile(document->get_array()); !sound) return invalid_parameter(sound.error().message);
  } else {
    return refuse("NotImplementedException", "logs PutAccountPolicy: policies of type " + type + " are not offered by this server.", 501);
  }
  return Object{{"policyDocument", text}, {"lastUpdatedTime", to_ms(call.now)}};
}

}  // namespace

Reply put_account_policy(LogRooms& rooms, const Call& call) {
  const std::string name = text_or(call.input, "policyName"), type = text_or(call.input, "policyType");
  if (name.empty() || name.starts_with("aws/") || name.find_first_of(":*") != std::string::npos)
    return invalid_parameter("Invalid policyName '" + name + "'.");
  if (truth_or(call.input, "dryRun", false)) return invalid_parameter("dryRun is valid only for RETENTION_POLICY.");
  const auto criteria = text_at(call.input, "selectionCriteria");
  if (criteria) {
    if (type == "DATA_PROTECTION_POLICY") return invalid_parameter("selectionCriteria is not supported for DATA_PROTECTION_POLICY.");
    if (auto sound = telemetry::group_selection(*criteria); !sound) return invalid_parameter(sound.error().message);
  }
  const auto before = rooms.settings.get(log_setting::account_policy, call.scope, type, name);
  if (!before && (type == "DATA_PROTECTION_POLICY" || type == "SUBSCRIPTION_FILTER_POLICY") &&
      rooms.settings.count(log_setting::account_policy, call.scope, type) >= 1)
    return limit_exceeded();
  auto body = account_policy(rooms, call, before);
  if (!body) return std::unexpected(body.error());
  (*body)["scope"] = "ALL";
  if (criteria) (*body)["selectionCriteria"] = *criteria;
  const LogSetting setting{call.scope, type, name, std::move(*body)};
  rooms.settings.put(log_setting::account_policy, setting);
  return Object{{"accountPolicy", to_policy(setting)}};
}

Reply describe_account_policies(LogRooms& rooms, const ListTokens& tokens, const Call& call) {
  const std::string type = text_or(call.input, "policyType");
  const auto name = text_at(call.input, "policyName");
  if (name && !rooms.settings.get(log_setting::account_policy, call.scope, type, *name))
    return refuse("ResourceNotFoundException", "The specified policy does not exist.");
  return list_settings(rooms.settings, tokens, call,
                       {.kind = log_setting::account_policy, .owner = type, .prefix = {}, .member = "accountPolicies"}, to_policy,
                       [&](const LogSetting& each) { return !name || each.name == *name; });
}

Reply delete_account_policy(LogRooms& rooms, const Call& call) {
  if (!rooms.settings.remove(log_setting::account_policy, call.scope, text_or(call.input, "policyType"), text_or(call.input, "policyName")))
    return refuse("ResourceNotFoundException", "The specified policy does not exist.");
  return Object{};
}

// --- resource policies: kept and read back; within one server our own services need none to write

Reply put_resource_policy(LogRooms& rooms, const Call& call) {
  const auto resource = text_at(call.input, "resourceArn");
  const std::string name = resource ? text_or(call.input, "policyName", *resource) : text_or(call.input, "policyName");
  if (name.empty()) return invalid_parameter("policyName is required.");
  const std::string document = text_or(call.input, "policyDocument");
  if (auto parsed = access::parse_policy(document, access::PolicyKind::resource); !parsed)
    return invalid_parameter("The policy document is not valid: " + parsed.error().message);
  if (resource)
    if (auto group = group_named(rooms.store, call.scope, group_name_of(*resource)); !group) return std::unexpected(group.error());
  const std::string owner = resource.value_or("");
  const auto before = rooms.settings.get(log_setting::resource_policy, call.scope, owner, name);
  const auto expected = text_at(call.input, "expectedRevisionId");
  if (resource && before && expected != text_at(*before, "revisionId"))
    return refuse("OperationAbortedException", "The expected revision of the policy is not the current one.");
  if (!before && rooms.settings.count(log_setting::resource_policy, call.scope, owner) >= (resource ? 1 : resource_policies_max))
    return limit_exceeded();
  Object body{{"policyName", name},
              {"policyDocument", document},
              {"lastUpdatedTime", to_ms(call.now)},
              {"policyScope", resource ? "RESOURCE" : "ACCOUNT"}};
  if (resource) body["resourceArn"] = *resource;
  const std::string revision = std::to_string(before ? std::stoll(text_or(*before, "revisionId", "0")) + 1 : 1);
  body["revisionId"] = revision;
  rooms.settings.put(log_setting::resource_policy, {call.scope, owner, name, body});
  return Object{{"resourcePolicy", std::move(body)}, {"revisionId", revision}};
}

Reply describe_resource_policies(LogRooms& rooms, const ListTokens& tokens, const Call& call) {
  const auto resource = text_at(call.input, "resourceArn");
  const bool of_resources = resource || text_or(call.input, "policyScope", "ACCOUNT") == "RESOURCE";
  return list_settings(
      rooms.settings, tokens, call,
      {.kind = log_setting::resource_policy,
       .owner = of_resources ? resource : std::optional<std::string>(""),
       .prefix = {},
       .member = "resourcePolicies"},
      [](const LogSetting& each) { return each.body.get_object(); },
      [&](const LogSetting& each) { return of_resources == !each.owner.empty(); });
}

Reply delete_resource_policy(LogRooms& rooms, const Call& call) {
  const std::string owner = text_or(call.input, "resourceArn"), name = text_or(call.input, "policyName", owner);
  if (!rooms.settings.remove(log_setting::resource_policy, call.scope, owner, name))
    return refuse("ResourceNotFoundException", "Policy with name [" + name + "] does not exist.");
  return Object{};
}

}  // namespace tocsin::api::logs
