#include <boost/json.hpp>

#include "api/iam/operations.h"

namespace tocsin::api::iam {
namespace {

constexpr std::size_t all = 100'000;

Document profile_document(const IamRooms& rooms, const Entity& profile) {
  Array roles;
  for (const Entity& role : rooms.identities.members(profile)) roles.push_back(role_document(role));
  Object out{{"Path", profile.path}, {"InstanceProfileName", profile.name},  {"InstanceProfileId", profile.id},
             {"Arn", profile.arn()}, {"CreateDate", to_ns(profile.created)}, {"Roles", std::move(roles)}};
  if (!profile.tags.empty()) out["Tags"] = tags_document(profile.tags);
  return out;
}

struct ProfileAndRole {
  Entity profile;
  Entity role;
};

std::expected<ProfileAndRole, ServiceError> both_of(const IamRooms& rooms, const Call& call) {
  auto profile = entity_of(rooms, call, EntityKind::instance_profile);
  if (!profile) return std::unexpected(profile.error());
  auto role = entity_of(rooms, call, EntityKind::role);
  if (!role) return std::unexpected(role.error());
  return ProfileAndRole{std::move(*profile), std::move(*role)};
}

}  // namespace

Reply create_instance_profile(const IamRooms& rooms, const Call& call) {
  auto tags = with_tags({}, call.input);
  if (!tags) return std::unexpected(tags.error());
  const auto made = rooms.identities.create({.kind = EntityKind::instance_profile,
                                             .account = call.scope.account,
                                             .name = text_or(call.input, "InstanceProfileName"),
                                             .path = text_or(call.input, "Path", "/"),
                                             .tags = std::move(*tags)});
  if (!made) return refused(made.error());
  return Object{{"InstanceProfile", profile_document(rooms, *made)}};
}

Reply get_instance_profile(const IamRooms& rooms, const Call& call) {
  const auto profile = entity_of(rooms, call, EntityKind::instance_profile);
  if (!profile) return std::unexpected(profile.error());
  return Object{{"InstanceProfile", profile_document(rooms, *profile)}};
}

Reply list_instance_profiles(const IamRooms& rooms, const Call& call) {
  KeyedItems items;
  for (const Entity& profile :
       rooms.identities.list(EntityKind::instance_profile, call.scope.account, text_or(call.input, "PathPrefix", "/"), "", all))
    items.emplace_back(access::name_key(profile.name), profile_document(rooms, profile));
  return page_of(rooms, call, {}, "InstanceProfiles", items);
}

Reply list_instance_profiles_for_role(const IamRooms& rooms, const Call& call) {
  const auto role = entity_of(rooms, call, EntityKind::role);
  if (!role) return std::unexpected(role.error());
  KeyedItems items;
  for (const Entity& profile : rooms.identities.groups_of(*role))
    items.emplace_back(access::name_key(profile.name), profile_document(rooms, profile));
  return page_of(rooms, call, {}, "InstanceProfiles", items);
}

Reply add_role_to_instance_profile(const IamRooms& rooms, const Call& call) {
  const auto both = both_of(rooms, call);
  if (!both) return std::unexpected(both.error());
  if (!rooms.identities.members(both->profile).empty())
    return refuse("LimitExceededException", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
  rooms.identities.add_member(both->profile, both->role);
  return Object{};
}

Reply remove_role_from_instance_profile(const IamRooms& rooms, const Call& call) {
  const auto both = both_of(rooms, call);
  if (!both) return std::unexpected(both.error());
  if (!rooms.identities.remove_member(both->profile, both->role))
    return refuse("NoSuchEntityException", "Role " + both->role.name + " in Instance Profile " + both->profile.name + " cannot be found.");
  return Object{};
}

Reply delete_instance_profile(const IamRooms& rooms, const Call& call) {
  const auto profile = entity_of(rooms, call, EntityKind::instance_profile);
  if (!profile) return std::unexpected(profile.error());
  if (!rooms.identities.members(*profile).empty())
    return refuse("DeleteConflictException", "Cannot delete entity, must remove roles from instance profile first.");
  rooms.identities.remove(*profile);
  return Object{};
}

}  // namespace tocsin::api::iam
