// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListLogGroups.html
#include <algorithm>
#include <boost/json.hpp>

#include "api/logs/answers.h"
#include "api/logs/group_setting_operations.h"
#include "api/logs/setting_operations.h"
#include "telemetry/logs/group_policies/field_indexes.h"

namespace tocsin::api::logs {
namespace {

constexpr std::int64_t page_default = 50;

/// "^prefix|part": one of the parts stands in the name; with '^' at its beginning.
bool fits_pattern(const std::string& name, const std::string& pattern) {
  for (std::size_t at = 0; at <= pattern.size();) {
    const std::size_t bar = std::min(pattern.find('|', at), pattern.size());
    const std::string part = pattern.substr(at, bar - at);
    if (part.starts_with('^') ? name.starts_with(part.substr(1)) : name.find(part) != std::string::npos) return true;
    at = bar + 1;
  }
  return false;
}

bool has_tag(const telemetry::LogGroup& group, const Document& filter) {
  const auto tag = group.tags.find(text_or(filter, "key"));
  const Array& values = array_at(filter, "values");
  if (tag == group.tags.end()) return false;
  return values.empty() ||
         std::any_of(values.begin(), values.end(), [&](const Document& value) { return value.get_string() == tag->second; });
}

bool has_indexes(LogRooms& rooms, const telemetry::LogGroup& group, const Array& names) {
  if (names.empty()) return true;
  const auto fields = telemetry::field_indexes_of(rooms.settings, group);
  return std::all_of(names.begin(), names.end(), [&](const Document& name) {
    return std::any_of(fields.begin(), fields.end(), [&](const telemetry::FieldIndex& field) { return name.get_string() == field.name; });
  });
}

}  // namespace

Reply list_log_groups(LogRooms& rooms, const ListTokens& tokens, const Call& call) {
  const auto pattern = text_at(call.input, "logGroupNamePattern"), of_class = text_at(call.input, "logGroupClass");
  const Array& tags = array_at(call.input, "logGroupTags");
  const Array& indexes = array_at(call.input, "fieldIndexNames");
  if (!array_at(call.input, "dataSources").empty())
    return refuse("NotImplementedException", "logs ListLogGroups: dataSources is not offered by this server.", 501);
  const auto start = page_start(call, tokens);
  if (!start) return std::unexpected(start.error());
  const auto limit = static_cast<std::size_t>(integer_or(call.input, "limit", page_default));
  const auto groups = rooms.store.groups(call.scope, *start, limit + 1, [&](const telemetry::LogGroup& group) {
    return (!pattern || fits_pattern(group.name, *pattern)) && (!of_class || group.log_group_class == *of_class) &&
           std::all_of(tags.begin(), tags.end(), [&](const Document& filter) { return has_tag(group, filter); }) &&
           has_indexes(rooms, group, indexes);
  });
  Array page;
  for (std::size_t i = 0; i < std::min(limit, groups.size()); ++i)
    page.emplace_back(
        Object{{"logGroupName", groups[i].name}, {"logGroupArn", group_arn(groups[i])}, {"logGroupClass", groups[i].log_group_class}});
  Object out{{"logGroups", std::move(page)}};
  if (groups.size() > limit) out["nextToken"] = tokens.seal(call, groups[limit - 1].name);
  return out;
}

}  // namespace tocsin::api::logs
