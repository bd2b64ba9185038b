#include <boost/json.hpp>

#include "api/iam/operations.h"

namespace tocsin::api::iam {
namespace {

constexpr std::size_t all = 100'000;

std::unexpected<ServiceError> in_use(const char* words) { return refuse("DeleteConflictException", words); }

std::expected<void, ServiceError> check_boundary(const IamRooms& rooms, const Call& call) {
  const auto arn = text_at(call.input, "PermissionsBoundary");
  if (!arn || rooms.policies.find(*arn)) return {};
  return refuse("NoSuchEntityException", "Scope ARN: " + *arn + " does not exist or is not attachable.");
}

Document root_document(const std::string& account) {
  return Object{{"Path", "/"}, {"UserName", "root"}, {"UserId", account}, {"Arn", "arn:aws:iam::" + account + ":root"}, {"CreateDate", 0}};
}

}  // namespace

Reply create_user(const IamRooms& rooms, const Call& call) {
  if (auto known = check_boundary(rooms, call); !known) return std::unexpected(known.error());
  auto tags = with_tags({}, call.input);
  if (!tags) return std::unexpected(tags.error());
  auto made = rooms.identities.create({.kind = EntityKind::user,
                                       .account = call.scope.account,
                                       .name = text_or(call.input, "UserName"),
                                       .path = text_or(call.input, "Path", "/"),
                                       .tags = std::move(*tags),
                                       .boundary_arn = text_or(call.input, "PermissionsBoundary")});
  if (!made) return refused(made.error());
  return Object{{"User", user_document(*made)}};
}

Reply get_user(const IamRooms& rooms, const Call& call) {
  if (!find(call.input, "UserName") && call.principal.kind == PrincipalKind::root)
    return Object{{"User", root_document(call.principal.account)}};
  const auto user = entity_of(rooms, call, EntityKind::user);
  if (!user) return std::unexpected(user.error());
  Document shown = user_document(*user);
  if (const auto profile = rooms.login_profiles.find(call.scope.account, user->name); profile && profile->last_used)
    shown.as_object()["PasswordLastUsed"] = to_ns(*profile->last_used);
  return Object{{"User", std::move(shown)}};
}

Reply list_users(const IamRooms& rooms, const Call& call) {
  KeyedItems items;
  for (const Entity& user : rooms.identities.list(EntityKind::user, call.scope.account, text_or(call.input, "PathPrefix", "/"), "", all)) {
    Document shown = user_document(user);
    // lists leave tags and boundaries out
    shown.as_object().erase("Tags");
    shown.as_object().erase("PermissionsBoundary");
    items.emplace_back(access::name_key(user.name), std::move(shown));
  }
  return page_of(rooms, call, {}, "Users", items);
}

Reply update_user(const IamRooms& rooms, const Call& call) {
  auto user = entity_of(rooms, call, EntityKind::user);
  if (!user) return std::unexpected(user.error());
  const std::string before = user->name;
  user->name = text_or(call.input, "NewUserName", before);
  user->path = text_or(call.input, "NewPath", user->path);
  if (auto updated = rooms.identities.update(before, *user); !updated) return refused(updated.error());
  if (user->name != before) {
    rooms.keys.rename_user(call.scope.account, before, user->name);
    rooms.login_profiles.rename_user(call.scope.account, before, user->name);
    rooms.mfa_devices.rename_user(call.scope.account, before, user->name);
  }
  return Object{};
}

Reply delete_user(const IamRooms& rooms, const Call& call) {
  const auto user = entity_of(rooms, call, EntityKind::user);
  if (!user) return std::unexpected(user.error());
  if (!rooms.keys.list(call.scope.account, user->name).empty()) return in_use("Cannot delete entity, must delete access keys first.");
  if (!rooms.policies.attached(*user).empty()) return in_use("Cannot delete entity, must detach all policies first.");
  if (!rooms.policies.inline_names(*user).empty()) return in_use("Cannot delete entity, must delete policies first.");
  if (!rooms.identities.groups_of(*user).empty()) return in_use("Cannot delete entity, must remove users from group first.");
  if (rooms.login_profiles.find(call.scope.account, user->name)) return in_use("Cannot delete entity, must delete login profile first.");
  if (!rooms.mfa_devices.of_user(call.scope.account, user->name).empty()) return in_use("Cannot delete entity, must delete MFA device first.");
  rooms.identities.remove(*user);
  return Object{};
}

}  // namespace tocsin::api::iam
