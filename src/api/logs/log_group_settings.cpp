// What belongs to one group: data protection, transformer, field indexes, deletion protection.
#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "api/logs/answers.h"
#include "api/logs/group_setting_operations.h"
#include "api/logs/setting_operations.h"
#include "telemetry/logs/data_protection/data_masks.h"
#include "telemetry/logs/group_policies/field_indexes.h"
#include "telemetry/logs/transformers/transformer.h"

namespace tocsin::api::logs {
namespace {

using telemetry::LogGroup;
using telemetry::LogSetting;
namespace log_setting = telemetry::log_setting;

Checked<const LogGroup*> identified(LogRooms& rooms, const Call& call, std::string_view member = "logGroupIdentifier") {
  return group_named(rooms.store, call.scope, group_name_of(text_or(call.input, member)));
}

auto not_found(std::string_view what) {
  return refuse("ResourceNotFoundException", "The specified " + std::string(what) + " does not exist.");
}

Reply remove_of_group(LogRooms& rooms, const Call& call, std::string_view kind, std::string_view what) {
  const auto group = identified(rooms, call);
  if (!group) return std::unexpected(group.error());
  if (!rooms.settings.remove(kind, call.scope, (*group)->name, "")) return not_found(what);
  return Object{};
}

Object index_policy(const LogGroup& group, const Document& body) {
  return {{"logGroupIdentifier", group_arn(group)},
          {"lastUpdateTime", integer_or(body, "lastUpdateTime", 0)},
          {"policyDocument", text_or(body, "policyDocument")},
          {"source", "LOG_GROUP"}};
}

}  // namespace

// --- data protection

Reply put_data_protection_policy(LogRooms& rooms, const Call& call) {
  const auto group = identified(rooms, call);
  if (!group) return std::unexpected(group.error());
  if (auto fits = refuse_infrequent_access(**group, "Data protection policies"); !fits) return invalid_parameter(fits.error().message);
  const std::string document = text_or(call.input, "policyDocument");
  const auto before = rooms.settings.get(log_setting::data_protection, call.scope, (*group)->name, "");
  auto setting = telemetry::data_protection_setting(document, before, to_ms(call.now));
  if (!setting) return invalid_parameter(setting.error().message);
  rooms.settings.put(log_setting::data_protection, {call.scope, (*group)->name, "", *setting});
  return Object{{"logGroupIdentifier", text_or(call.input, "logGroupIdentifier")},
                {"policyDocument", document},
                {"lastUpdatedTime", to_ms(call.now)}};
}

Reply get_data_protection_policy(LogRooms& rooms, const Call& call) {
  const auto group = identified(rooms, call);
  if (!group) return std::unexpected(group.error());
  const auto setting = rooms.settings.get(log_setting::data_protection, call.scope, (*group)->name, "");
  Object out{{"logGroupIdentifier", text_or(call.input, "logGroupIdentifier")}};
  // a group without a policy answers without one, as the service does
  if (setting) {
    out["policyDocument"] = text_or(*setting, "policyDocument");
    out["lastUpdatedTime"] = integer_or(*setting, "lastUpdatedTime", 0);
  }
  return out;
}

Reply delete_data_protection_policy(LogRooms& rooms, const Call& call) {
  return remove_of_group(rooms, call, log_setting::data_protection, "data protection policy");
}

// --- transformers

Reply put_transformer(LogRooms& rooms, const Call& call) {
  const auto group = identified(rooms, call);
  if (!group) return std::unexpected(group.error());
  if (auto fits = refuse_infrequent_access(**group, "Transformers"); !fits) return std::unexpected(fits.error());
  const Array& config = array_at(call.input, "transformerConfig");
  if (auto sound = telemetry::Transformer::compile(config); !sound) return invalid_parameter(sound.error().message);
  const auto before = rooms.settings.get(log_setting::transformer, call.scope, (*group)->name, "");
  rooms.settings.put(log_setting::transformer, {call.scope, (*group)->name, "",
                                                Object{{"transformerConfig", config},
                                                       {"creationTime", before ? integer_or(*before, "creationTime", 0) : to_ms(call.now)},
                                                       {"lastModifiedTime", to_ms(call.now)}}});
  return Object{};
}

Reply get_transformer(LogRooms& rooms, const Call& call) {
  const auto group = identified(rooms, call);
  if (!group) return std::unexpected(group.error());
  const auto setting = rooms.settings.get(log_setting::transformer, call.scope, (*group)->name, "");
  // the service answers an empty configuration for a group without one
  if (!setting) return Object{};
  Object out = setting->get_object();
  out["logGroupIdentifier"] = group_arn(**group);
  return out;
}

Reply delete_transformer(LogRooms& rooms, const Call& call) {
  return remove_of_group(rooms, call, log_setting::transformer, "transformer");
}

Reply test_transformer(LogRooms&, const Call& call) {
  const auto transformer = telemetry::Transformer::compile(array_at(call.input, "transformerConfig"));
  if (!transformer) return invalid_parameter(transformer.error().message);
  Array logs;
  std::int64_t number = 0;
  for (const Document& message : array_at(call.input, "logEventMessages")) {
    const std::string text(message.get_string());
    const auto transformed = transformer->transform(text, {call.scope, "test-log-group", "test-log-stream"});
    logs.emplace_back(Object{{"eventNumber", ++number}, {"eventMessage", text}, {"transformedEventMessage", transformed.value_or(text)}});
  }
  return Object{{"transformedLogs", std::move(logs)}};
}

// --- field indexes

Reply put_index_policy(LogRooms& rooms, const Call& call) {
  const auto group = identified(rooms, call);
  if (!group) return std::unexpected(group.error());
  if (auto fits = refuse_infrequent_access(**group, "Field index policies"); !fits) return invalid_parameter(fits.error().message);
  const std::string document = text_or(call.input, "policyDocument");
  if (auto fields = telemetry::indexed_fields(document); !fields) return invalid_parameter(fields.error().message);
  const Object body{{"policyDocument", document}, {"lastUpdateTime", to_ms(call.now)}};
  rooms.settings.put(log_setting::index_policy, {call.scope, (*group)->name, "", body});
  return Object{{"indexPolicy", index_policy(**group, body)}};
}

Reply describe_index_policies(LogRooms& rooms, const ListTokens&, const Call& call) {
  Array policies;
  for (const Document& identifier : array_at(call.input, "logGroupIdentifiers")) {
    const auto group = group_named(rooms.store, call.scope, group_name_of(std::string_view(identifier.get_string())));
    if (!group) return std::unexpected(group.error());
    if (const auto own = rooms.settings.get(log_setting::index_policy, call.scope, (*group)->name, "")) {
      policies.emplace_back(index_policy(**group, *own));
      continue;
    }
    for (const LogSetting& each : telemetry::account_policies_of(rooms.settings, **group, "FIELD_INDEX_POLICY")) {
      Object policy = index_policy(**group, Object{{"policyDocument", text_or(each.body, "policyDocument")},
                                                   {"lastUpdateTime", integer_or(each.body, "lastUpdatedTime", 0)}});
      policy["policyName"] = each.name;
      policy["source"] = "ACCOUNT";
      policies.emplace_back(std::move(policy));
    }
  }
  return Object{{"indexPolicies", std::move(policies)}};
}

Reply delete_index_policy(LogRooms& rooms, const Call& call) {
  return remove_of_group(rooms, call, log_setting::index_policy, "index policy");
}

Reply describe_field_indexes(LogRooms& rooms, const ListTokens&, const Call& call) {
  const Array& categories = array_at(call.input, "indexCategories");
  const auto wants = [&](std::string_view category) {
    return categories.empty() ||
           std::any_of(categories.begin(), categories.end(), [&](const Document& each) { return each.get_string() == category; });
  };
  Array indexes;
  for (const Document& identifier : array_at(call.input, "logGroupIdentifiers")) {
    const auto group = group_named(rooms.store, call.scope, group_name_of(std::string_view(identifier.get_string())));
    if (!group) return std::unexpected(group.error());
    for (const telemetry::FieldIndex& field : telemetry::field_indexes_of(rooms.settings, **group)) {
      if (!wants(field.is_default ? "DEFAULT" : "CUSTOM")) continue;
      indexes.emplace_back(Object{{"logGroupIdentifier", group_arn(**group)},
                                  {"fieldIndexName", field.name},
                                  {"lastScanTime", to_ms(call.now)},
                                  {"type", field.facet ? "FACET" : "FIELD_INDEX"},
                                  {"indexCategory", field.is_default ? "DEFAULT" : "CUSTOM"}});
    }
  }
  return Object{{"fieldIndexes", std::move(indexes)}};
}

// --- deletion protection

Reply put_log_group_deletion_protection(LogRooms& rooms, const Call& call) {
  const auto group = identified(rooms, call);
  if (!group) return std::unexpected(group.error());
  Document attributes = rooms.settings.get(log_setting::group_attributes, call.scope, (*group)->name, "").value_or(Object{});
  attributes.as_object()["deletionProtectionEnabled"] = truth_or(call.input, "deletionProtectionEnabled", false);
  rooms.settings.put(log_setting::group_attributes, {call.scope, (*group)->name, "", attributes});
  return Object{};
}

}  // namespace tocsin::api::logs
