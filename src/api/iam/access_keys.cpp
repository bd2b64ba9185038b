#include <boost/json.hpp>

#include "api/iam/operations.h"

namespace tocsin::api::iam {
namespace {

constexpr std::size_t keys_per_user_max = 2;

/// The name under which keys are stored: a user's, or "" for the account's root.
std::expected<std::string, ServiceError> owner_of(const IamRooms& rooms, const Call& call) {
  if (!find(call.input, "UserName") && call.principal.kind == PrincipalKind::root) return std::string();
  const auto user = entity_of(rooms, call, EntityKind::user);
  if (!user) return std::unexpected(user.error());
  return user->name;
}

std::unexpected<ServiceError> no_such_key(const std::string& id) {
  return refuse("NoSuchEntityException", "The Access Key with id " + id + " cannot be found.");
}

const char* status_of(const access::AccessKey& key) { return key.active ? "Active" : "Inactive"; }
std::string shown_owner(const access::AccessKey& key) { return key.user_name.empty() ? "root" : key.user_name; }

}  // namespace

Reply create_access_key(const IamRooms& rooms, const Call& call) {
  const auto owner = owner_of(rooms, call);
  if (!owner) return std::unexpected(owner.error());
  if (rooms.keys.list(call.scope.account, *owner).size() >= keys_per_user_max)
    return refuse("LimitExceededException", "Cannot exceed quota for AccessKeysPerUser: 2");
  const access::NewAccessKey made = rooms.keys.create(call.scope.account, *owner);
  return Object{{"AccessKey", Object{{"UserName", shown_owner(made.key)},
                                     {"AccessKeyId", made.key.id},
                                     {"Status", "Active"},
                                     {"SecretAccessKey", made.secret},
                                     {"CreateDate", to_ns(made.key.created)}}}};
}

Reply list_access_keys(const IamRooms& rooms, const Call& call) {
  const auto owner = owner_of(rooms, call);
  if (!owner) return std::unexpected(owner.error());
  KeyedItems items;
  for (const access::AccessKey& key : rooms.keys.list(call.scope.account, *owner)) {
    std::string order = std::to_string(to_ns(key.created)) + key.id;
    items.emplace_back(
        std::move(order),
        Object{{"UserName", shown_owner(key)}, {"AccessKeyId", key.id}, {"Status", status_of(key)}, {"CreateDate", to_ns(key.created)}});
  }
  return page_of(rooms, call, {}, "AccessKeyMetadata", items);
}

Reply update_access_key(const IamRooms& rooms, const Call& call) {
  const auto owner = owner_of(rooms, call);
  if (!owner) return std::unexpected(owner.error());
  const std::string id = text_or(call.input, "AccessKeyId"), status = text_or(call.input, "Status");
  if (status == "Expired") return refuse("ValidationError", "The status of an access key can be set to Active or Inactive only.");
  if (!rooms.keys.set_active(call.scope.account, *owner, id, status == "Active")) return no_such_key(id);
  return Object{};
}

Reply delete_access_key(const IamRooms& rooms, const Call& call) {
  const auto owner = owner_of(rooms, call);
  if (!owner) return std::unexpected(owner.error());
  const std::string id = text_or(call.input, "AccessKeyId");
  if (!rooms.keys.remove(call.scope.account, *owner, id)) return no_such_key(id);
  return Object{};
}

Reply get_access_key_last_used(const IamRooms& rooms, const Call& call) {
  const std::string id = text_or(call.input, "AccessKeyId");
  const auto key = rooms.keys.find(id);
  if (!key || key->account != call.scope.account) return no_such_key(id);
  Object used{{"ServiceName", key->last_used ? key->last_used_service : "N/A"}, {"Region", key->last_used ? key->last_used_region : "N/A"}};
  if (key->last_used) used["LastUsedDate"] = to_ns(*key->last_used);
  return Object{{"UserName", shown_owner(*key)}, {"AccessKeyLastUsed", std::move(used)}};
}

}  // namespace tocsin::api::iam
