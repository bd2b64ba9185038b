#include <boost/json.hpp>

#include "api/scheduler/operations.h"

namespace tocsin::api::scheduler {
namespace {

using events::ScheduleGroup;

Object shown(const ScheduleGroup& group) {
  return {{"Arn", group.arn()},
          {"Name", group.name},
          {"State", "ACTIVE"},
          {"CreationDate", to_ns(group.created_at)},
          {"LastModificationDate", to_ns(group.modified_at)}};
}

events::Tags tags_of(const Document& input) {
  events::Tags out;
  for (const Document& tag : array_at(input, "Tags")) out[text_or(tag, "Key")] = text_or(tag, "Value");
  return out;
}

}  // namespace

Reply create_schedule_group(Schedules& schedules, const Call& call) {
  const auto group = schedules.create_group(
      {.scope = call.scope, .name = text_or(call.input, "Name"), .tags = tags_of(call.input), .created_at = {}, .modified_at = {}});
  if (!group) return refuse(group.error());
  return Object{{"ScheduleGroupArn", group->arn()}};
}

Reply get_schedule_group(Schedules& schedules, const Call& call) {
  const auto group = schedules.find_group(call.scope, text_or(call.input, "Name"));
  if (!group) return refuse(group.error());
  return shown(*group);
}

Reply list_schedule_groups(Schedules& schedules, const ListTokens& tokens, const Call& call) {
  const auto after = opened_token(call, tokens);
  if (!after) return std::unexpected(after.error());
  const int count = page_size(call);
  const auto found = schedules.list_groups(call.scope, text_or(call.input, "NamePrefix"), *after, count);
  Array listed;
  for (const ScheduleGroup& group : found) listed.emplace_back(shown(group));
  Object out{{"ScheduleGroups", std::move(listed)}};
  if (static_cast<int>(found.size()) == count) out["NextToken"] = tokens.seal(call, found.back().name);
  return out;
}

Reply delete_schedule_group(Schedules& schedules, const Call& call) {
  return empty_or(schedules.remove_group(call.scope, text_or(call.input, "Name")));
}

Reply tag_resource(Schedules& schedules, const Call& call) {
  const auto group = schedules.find_group_by_arn(call.scope, text_or(call.input, "ResourceArn"));
  if (!group) return refuse(group.error());
  events::Tags tags = group->tags;
  for (const auto& [key, value] : tags_of(call.input)) tags[key] = value;
  return empty_or(schedules.set_group_tags(*group, tags));
}

Reply untag_resource(Schedules& schedules, const Call& call) {
  const auto group = schedules.find_group_by_arn(call.scope, text_or(call.input, "ResourceArn"));
  if (!group) return refuse(group.error());
  events::Tags tags = group->tags;
  for (const Document& key : array_at(call.input, "TagKeys")) tags.erase(std::string(key.as_string()));
  return empty_or(schedules.set_group_tags(*group, tags));
}

Reply list_tags_for_resource(Schedules& schedules, const Call& call) {
  const auto group = schedules.find_group_by_arn(call.scope, text_or(call.input, "ResourceArn"));
  if (!group) return refuse(group.error());
  Array listed;
  for (const auto& [key, value] : group->tags) listed.emplace_back(Object{{"Key", key}, {"Value", value}});
  return Object{{"Tags", std::move(listed)}};
}

}  // namespace tocsin::api::scheduler
