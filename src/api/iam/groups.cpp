#include <boost/json.hpp>

#include "api/iam/operations.h"

namespace tocsin::api::iam {
namespace {

constexpr std::size_t all = 100'000;
constexpr std::size_t groups_per_user_max = 10;

}  // namespace

Reply create_group(const IamRooms& rooms, const Call& call) {
  auto made = rooms.identities.create({.kind = EntityKind::group,
                                       .account = call.scope.account,
                                       .name = text_or(call.input, "GroupName"),
                                       .path = text_or(call.input, "Path", "/")});
  if (!made) return refused(made.error());
  return Object{{"Group", group_document(*made)}};
}

Reply get_group(const IamRooms& rooms, const Call& call) {
  const auto group = entity_of(rooms, call, EntityKind::group);
  if (!group) return std::unexpected(group.error());
  KeyedItems items;
  for (const Entity& user : rooms.identities.members(*group)) items.emplace_back(access::name_key(user.name), user_document(user));
  return page_of(rooms, call, Object{{"Group", group_document(*group)}}, "Users", items);
}

Reply list_groups(const IamRooms& rooms, const Call& call) {
  KeyedItems items;
  for (const Entity& group : rooms.identities.list(EntityKind::group, call.scope.account, text_or(call.input, "PathPrefix", "/"), "", all))
    items.emplace_back(access::name_key(group.name), group_document(group));
  return page_of(rooms, call, {}, "Groups", items);
}

Reply update_group(const IamRooms& rooms, const Call& call) {
  auto group = entity_of(rooms, call, EntityKind::group);
  if (!group) return std::unexpected(group.error());
  const std::string before = group->name;
  group->name = text_or(call.input, "NewGroupName", before);
  group->path = text_or(call.input, "NewPath", group->path);
  if (auto updated = rooms.identities.update(before, *group); !updated) return refused(updated.error());
  return Object{};
}

Reply delete_group(const IamRooms& rooms, const Call& call) {
  const auto group = entity_of(rooms, call, EntityKind::group);
  if (!group) return std::unexpected(group.error());
  if (!rooms.identities.members(*group).empty())
    return refuse("DeleteConflictException", "Cannot delete entity, must remove users from group first.");
  if (!rooms.policies.attached(*group).empty())
    return refuse("DeleteConflictException", "Cannot delete entity, must detach all policies first.");
  if (!rooms.policies.inline_names(*group).empty())
    return refuse("DeleteConflictException", "Cannot delete entity, must delete policies first.");
  rooms.identities.remove(*group);
  return Object{};
}

Reply add_user_to_group(const IamRooms& rooms, const Call& call) {
  const auto group = entity_of(rooms, call, EntityKind::group);
  if (!group) return std::unexpected(group.error());
  const auto user = entity_of(rooms, call, EntityKind::user);
  if (!user) return std::unexpected(user.error());
  if (rooms.identities.groups_of(*user).size() >= groups_per_user_max)
    return refuse("LimitExceededException", "Cannot exceed quota for GroupsPerUser: 10");
  rooms.identities.add_member(*group, *user);
  return Object{};
}

Reply remove_user_from_group(const IamRooms& rooms, const Call& call) {
  const auto group = entity_of(rooms, call, EntityKind::group);
  if (!group) return std::unexpected(group.error());
  const auto user = entity_of(rooms, call, EntityKind::user);
  if (!user) return std::unexpected(user.error());
  if (!rooms.identities.remove_member(*group, *user))
    return refuse("NoSuchEntityException", "User " + user->name + " is not in group " + group->name + ".");
  return Object{};
}

Reply list_groups_for_user(const IamRooms& rooms, const Call& call) {
  const auto user = entity_of(rooms, call, EntityKind::user);
  if (!user) return std::unexpected(user.error());
  KeyedItems items;
  for (const Entity& group : rooms.identities.groups_of(*user)) items.emplace_back(access::name_key(group.name), group_document(group));
  return page_of(rooms, call, {}, "Groups", items);
}

}  // namespace tocsin::api::iam
