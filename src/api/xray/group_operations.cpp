#include <boost/json.hpp>

#include "api/xray/operations.h"
#include "api/xray/shapes.h"

namespace tocsin::api::xray {
namespace {

Object group_shape(const diagnose::TraceGroup& group) {
  Object out{{"GroupName", group.name}, {"GroupARN", group.arn}};
  if (!group.filter.empty()) out["FilterExpression"] = group.filter;
  out["InsightsConfiguration"] = Object{{"InsightsEnabled", group.insights}, {"NotificationsEnabled", group.notifications}};
  return out;
}

std::expected<diagnose::TraceGroup, ServiceError> named_group(const Rooms& rooms, const Call& call) {
  const std::string name = text_or(call.input, "GroupName"), arn = text_or(call.input, "GroupARN");
  if (name.empty() && arn.empty()) return invalid("Either GroupName or GroupARN must be specified");
  auto group = rooms.groups.find(call.scope, name, arn);
  if (!group) return invalid("Group not found");
  return *group;
}

void take_settings(const Call& call, diagnose::TraceGroup& group) {
  if (auto filter = text_at(call.input, "FilterExpression")) group.filter = *filter;
  const Document* insights = find(call.input, "InsightsConfiguration");
  if (!insights) return;
  group.insights = truth_or(*insights, "InsightsEnabled", group.insights);
  // without insights there is nothing to notify of
  group.notifications = group.insights && truth_or(*insights, "NotificationsEnabled", group.notifications);
}

}  // namespace

Reply create_group(const Rooms& rooms, const Call& call) {
  diagnose::TraceGroup group{.name = text_or(call.input, "GroupName")};
  take_settings(call, group);
  auto created = rooms.groups.create(call.scope, std::move(group));
  if (!created) return invalid(created.error().message);
  if (const Array& tags = array_at(call.input, "Tags"); !tags.empty())
    rooms.settings.put(call.scope, diagnose::TraceSetting::tags, created->arn, tags);
  return Object{{"Group", group_shape(*created)}};
}

Reply get_group(const Rooms& rooms, const Call& call) {
  const auto group = named_group(rooms, call);
  if (!group) return std::unexpected(group.error());
  return Object{{"Group", group_shape(*group)}};
}

Reply get_groups(const Rooms& rooms, const Call& call) {
  Array groups;
  for (const diagnose::TraceGroup& group : rooms.groups.list(call.scope)) groups.push_back(group_shape(group));
  return Object{{"Groups", std::move(groups)}};
}

Reply update_group(const Rooms& rooms, const Call& call) {
  auto group = named_group(rooms, call);
  if (!group) return std::unexpected(group.error());
  if (group->name == diagnose::default_group && find(call.input, "FilterExpression"))
    return invalid("The filter expression of the default group cannot be changed");
  take_settings(call, *group);
  if (auto updated = rooms.groups.update(call.scope, *group); !updated) return invalid(updated.error().message);
  return Object{{"Group", group_shape(*group)}};
}

Reply delete_group(const Rooms& rooms, const Call& call) {
  const auto group = named_group(rooms, call);
  if (!group) return std::unexpected(group.error());
  if (group->name == diagnose::default_group) return invalid("The default group cannot be deleted");
  rooms.groups.remove(call.scope, *group);
  return Object{};
}

}  // namespace tocsin::api::xray
