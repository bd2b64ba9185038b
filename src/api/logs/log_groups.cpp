#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "api/logs/answers.h"
#include "api/logs/operations.h"

namespace tocsin::api::logs {
namespace {

namespace log_setting = telemetry::log_setting;

constexpr std::size_t page_default = 50;
constexpr std::size_t identifiers_max = 50;
constexpr std::array<std::int64_t, 22> retentions = {1,   3,   5,   7,   14,   30,   60,   90,   120,  150,  180,
                                                     365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653};

/// What beside the store is known of a group.
Document attributes_of(LogRooms& rooms, const telemetry::LogGroup& group) {
  return rooms.settings.get(log_setting::group_attributes, group.scope, group.name, "").value_or(Object{});
}

Object to_document(LogRooms& rooms, const telemetry::LogGroup& group) {
  Object out{{"logGroupName", group.name},
             {"creationTime", group.created_ms},
             {"metricFilterCount", rooms.settings.count(telemetry::log_setting::metric_filter, group.scope, group.name)},
             {"arn", group_arn(group) + ":*"},
             {"storedBytes", group.stored_bytes},
             {"logGroupClass", group.log_group_class},
             {"logGroupArn", group_arn(group)}};
  if (group.retention_days) out["retentionInDays"] = *group.retention_days;
  const Document attributes = attributes_of(rooms, group);
  out["deletionProtectionEnabled"] = truth_or(attributes, "deletionProtectionEnabled", false);
  if (const auto key = text_at(attributes, "kmsKeyId")) out["kmsKeyId"] = *key;
  if (rooms.settings.get(log_setting::data_protection, group.scope, group.name, "")) out["dataProtectionStatus"] = "ACTIVATED";
  if (rooms.settings.count(log_setting::account_policy, group.scope, "DATA_PROTECTION_POLICY") > 0)
    out["inheritedProperties"] = Array{"ACCOUNT_DATA_PROTECTION"};
  return out;
}

std::map<std::string, std::string> tags_at(const Call& call) {
  std::map<std::string, std::string> tags;
  for (const auto& [key, value] : object_at(call.input, "tags")) tags[key] = value.get_string();
  return tags;
}

Reply change_retention(LogStore& store, const Call& call, std::optional<std::int64_t> days) {
  auto group = group_named(store, call.scope, text_or(call.input, "logGroupName"));
  if (!group) return std::unexpected(group.error());
  if (auto done = store.set_retention((*group)->id, days); !done) return to_service_error(done.error());
  return Object{};
}

}  // namespace

Reply create_log_group(LogRooms& rooms, const Call& call) {
  auto made = rooms.store.create_group(call.scope, text_or(call.input, "logGroupName"), text_or(call.input, "logGroupClass", "STANDARD"),
                                       tags_at(call));
  if (!made) return to_service_error(made.error());
  Object attributes;
  // the disk's own encryption is the operator's: the key's id is kept and shown
  if (const auto key = text_at(call.input, "kmsKeyId")) attributes["kmsKeyId"] = *key;
  if (truth_or(call.input, "deletionProtectionEnabled", false)) attributes["deletionProtectionEnabled"] = true;
  if (!attributes.empty()) rooms.settings.put(log_setting::group_attributes, {call.scope, made->name, "", std::move(attributes)});
  return Object{};
}

Reply describe_log_groups(LogRooms& rooms, const ListTokens& tokens, const Call& call) {
  const auto prefix = text_at(call.input, "logGroupNamePrefix"), pattern = text_at(call.input, "logGroupNamePattern"),
             of_class = text_at(call.input, "logGroupClass");
  if (prefix && pattern) return invalid_parameter("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
  std::vector<std::string> names;
  for (const Document& each : array_at(call.input, "logGroupIdentifiers"))
    names.push_back(group_name_of(std::string_view(each.get_string())));
  if (names.size() > identifiers_max) return invalid_parameter("At most 50 logGroupIdentifiers are allowed.");
  const auto start = page_start(call, tokens);
  if (!start) return std::unexpected(start.error());
  const auto limit = static_cast<std::size_t>(integer_or(call.input, "limit", page_default));
  const auto groups = rooms.store.groups(call.scope, *start, limit + 1, [&](const telemetry::LogGroup& group) {
    return (!prefix || group.name.starts_with(*prefix)) && (!pattern || group.name.find(*pattern) != std::string::npos) &&
           (!of_class || group.log_group_class == *of_class) &&
           (names.empty() || std::find(names.begin(), names.end(), group.name) != names.end());
  });
  Array page;
  for (std::size_t i = 0; i < std::min(limit, groups.size()); ++i) page.emplace_back(to_document(rooms, groups[i]));
  Object out{{"logGroups", std::move(page)}};
  if (groups.size() > limit) out["nextToken"] = tokens.seal(call, groups[limit - 1].name);
  return out;
}

Reply delete_log_group(LogRooms& rooms, const Call& call) {
  const std::string name = text_or(call.input, "logGroupName");
  if (const auto* group = rooms.store.find_group(call.scope, name);
      group && truth_or(attributes_of(rooms, *group), "deletionProtectionEnabled", false))
    return refuse("ValidationException", "The log group cannot be deleted while deletion protection is enabled.");
  if (auto done = rooms.store.delete_group(call.scope, name); !done) return to_service_error(done.error());
  rooms.settings.remove_owned(call.scope, name);
  return Object{};
}

Reply put_retention_policy(LogStore& store, const Call& call) {
  const std::int64_t days = integer_or(call.input, "retentionInDays", 0);
  if (std::find(retentions.begin(), retentions.end(), days) == retentions.end()) {
    std::string values;
    for (const std::int64_t each : retentions) values += (values.empty() ? "" : ", ") + std::to_string(each);
    return invalid_parameter("1 validation error detected: Value '" + std::to_string(days) +
                             "' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [" + values + "]");
  }
  return change_retention(store, call, days);
}

Reply delete_retention_policy(LogStore& store, const Call& call) { return change_retention(store, call, std::nullopt); }

}  // namespace tocsin::api::logs
