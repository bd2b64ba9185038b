#include <boost/json.hpp>

#include "api/iam/operations.h"
#include "api/iam/service_linked_role.h"

namespace tocsin::api::iam {
namespace {

constexpr std::size_t all = 100'000;
constexpr std::size_t trust_characters_max = 2048;

std::expected<void, ServiceError> check_trust(const std::string& document) {
  return check_policy(document, access::PolicyKind::trust, trust_characters_max, "ACLSizePerRole");
}

}  // namespace

Reply create_role(const IamRooms& rooms, const Call& call) {
  const std::string trust = text_or(call.input, "AssumeRolePolicyDocument"), boundary = text_or(call.input, "PermissionsBoundary");
  if (auto valid = check_trust(trust); !valid) return std::unexpected(valid.error());
  if (!boundary.empty() && !rooms.policies.find(boundary))
    return refuse("NoSuchEntityException", "Scope ARN: " + boundary + " does not exist or is not attachable.");
  auto tags = with_tags({}, call.input);
  if (!tags) return std::unexpected(tags.error());
  auto made = rooms.identities.create({.kind = EntityKind::role,
                                       .account = call.scope.account,
                                       .name = text_or(call.input, "RoleName"),
                                       .path = text_or(call.input, "Path", "/"),
                                       .tags = std::move(*tags),
                                       .boundary_arn = boundary,
                                       .trust_policy = trust,
                                       .description = text_or(call.input, "Description"),
                                       .session_seconds_max = static_cast<int>(integer_or(call.input, "MaxSessionDuration", 3600))});
  if (!made) return refused(made.error());
  return Object{{"Role", role_document(*made)}};
}

Reply get_role(const IamRooms& rooms, const Call& call) {
  const auto role = entity_of(rooms, call, EntityKind::role);
  if (!role) return std::unexpected(role.error());
  return Object{{"Role", role_document(*role)}};
}

Reply list_roles(const IamRooms& rooms, const Call& call) {
  KeyedItems items;
  for (const Entity& role : rooms.identities.list(EntityKind::role, call.scope.account, text_or(call.input, "PathPrefix", "/"), "", all)) {
    Document shown = role_document(role);
    shown.as_object().erase("Tags");
    shown.as_object().erase("PermissionsBoundary");
    items.emplace_back(access::name_key(role.name), std::move(shown));
  }
  return page_of(rooms, call, {}, "Roles", items);
}

Reply update_role(const IamRooms& rooms, const Call& call) {
  auto role = entity_of(rooms, call, EntityKind::role);
  if (!role) return std::unexpected(role.error());
  role->description = text_or(call.input, "Description", role->description);
  role->session_seconds_max = static_cast<int>(integer_or(call.input, "MaxSessionDuration", role->session_seconds_max));
  if (auto updated = rooms.identities.update(role->name, *role); !updated) return refused(updated.error());
  return Object{};
}

Reply update_role_description(const IamRooms& rooms, const Call& call) {
  if (auto updated = update_role(rooms, call); !updated) return updated;
  return Object{{"Role", role_document(*entity_of(rooms, call, EntityKind::role))}};
}

Reply update_assume_role_policy(const IamRooms& rooms, const Call& call) {
  auto role = entity_of(rooms, call, EntityKind::role);
  if (!role) return std::unexpected(role.error());
  if (is_service_linked(*role)) return protected_role(*role);
  role->trust_policy = text_or(call.input, "PolicyDocument");
  if (auto valid = check_trust(role->trust_policy); !valid) return std::unexpected(valid.error());
  if (auto updated = rooms.identities.update(role->name, *role); !updated) return refused(updated.error());
  return Object{};
}

Reply delete_role(const IamRooms& rooms, const Call& call) {
  const auto role = entity_of(rooms, call, EntityKind::role);
  if (!role) return std::unexpected(role.error());
  if (is_service_linked(*role)) return protected_role(*role);
  // a role's "groups" are the instance profiles that hold it
  if (!rooms.identities.groups_of(*role).empty())
    return refuse("DeleteConflictException", "Cannot delete entity, must remove roles from instance profile first.");
  if (!rooms.policies.attached(*role).empty())
    return refuse("DeleteConflictException", "Cannot delete entity, must detach all policies first.");
  if (!rooms.policies.inline_names(*role).empty())
    return refuse("DeleteConflictException", "Cannot delete entity, must delete policies first.");
  rooms.identities.remove(*role);
  return Object{};
}

}  // namespace tocsin::api::iam
