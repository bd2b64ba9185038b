#include <boost/json.hpp>

#include "api/iam/operations.h"
#include "base/encoding.h"

namespace tocsin::api::iam {
namespace {

struct Quota {
  std::size_t characters_max;
  const char* name;
};

Quota inline_quota(EntityKind kind) {
  switch (kind) {
    case EntityKind::user:
      return {2048, "UserPolicySize"};
    case EntityKind::group:
      return {5120, "GroupPolicySize"};
    case EntityKind::role:
      return {10240, "RolePolicySize"};
    case EntityKind::instance_profile:
      break;
  }
  return {0, ""};
}

// the quota is for all inline policies of an entity together
std::expected<void, ServiceError> check_inline(const IamRooms& rooms, const Entity& entity, const std::string& name,
                                               const std::string& document) {
  const Quota quota = inline_quota(entity.kind);
  std::size_t others = 0;
  for (const std::string& other : rooms.policies.inline_names(entity))
    if (other != name) others += characters_of(*rooms.policies.inline_document(entity, other));
  if (auto valid = check_policy(document, access::PolicyKind::identity, quota.characters_max, quota.name); !valid) return valid;
  if (others + characters_of(document) <= quota.characters_max) return {};
  return refuse("LimitExceededException", "Maximum policy size of " + std::to_string(quota.characters_max) + " bytes exceeded for " +
                                              std::string(access::to_text(entity.kind)) + ' ' + entity.name);
}

}  // namespace

Reply put_inline(const IamRooms& rooms, const Call& call, EntityKind kind) {
  const auto entity = entity_of(rooms, call, kind);
  if (!entity) return std::unexpected(entity.error());
  const std::string name = text_or(call.input, "PolicyName"), document = text_or(call.input, "PolicyDocument");
  if (auto valid = check_inline(rooms, *entity, name, document); !valid) return std::unexpected(valid.error());
  rooms.policies.put_inline(*entity, name, document);
  return Object{};
}

Reply get_inline(const IamRooms& rooms, const Call& call, EntityKind kind) {
  const auto entity = entity_of(rooms, call, kind);
  if (!entity) return std::unexpected(entity.error());
  const std::string name = text_or(call.input, "PolicyName");
  const auto document = rooms.policies.inline_document(*entity, name);
  if (!document) return refused(document.error());
  return Object{{name_member(kind), entity->name}, {"PolicyName", name}, {"PolicyDocument", percent_encode(*document)}};
}

Reply list_inline(const IamRooms& rooms, const Call& call, EntityKind kind) {
  const auto entity = entity_of(rooms, call, kind);
  if (!entity) return std::unexpected(entity.error());
  KeyedItems items;
  for (const std::string& name : rooms.policies.inline_names(*entity)) items.emplace_back(name, Document(name));
  return page_of(rooms, call, {}, "PolicyNames", items);
}

Reply delete_inline(const IamRooms& rooms, const Call& call, EntityKind kind) {
  const auto entity = entity_of(rooms, call, kind);
  if (!entity) return std::unexpected(entity.error());
  if (auto removed = rooms.policies.remove_inline(*entity, text_or(call.input, "PolicyName")); !removed) return refused(removed.error());
  return Object{};
}

Reply attach(const IamRooms& rooms, const Call& call, EntityKind kind) {
  const auto entity = entity_of(rooms, call, kind);
  if (!entity) return std::unexpected(entity.error());
  if (auto attached = rooms.policies.attach(*entity, text_or(call.input, "PolicyArn")); !attached) return refused(attached.error());
  return Object{};
}

Reply detach(const IamRooms& rooms, const Call& call, EntityKind kind) {
  const auto entity = entity_of(rooms, call, kind);
  if (!entity) return std::unexpected(entity.error());
  if (auto detached = rooms.policies.detach(*entity, text_or(call.input, "PolicyArn")); !detached) return refused(detached.error());
  return Object{};
}

Reply list_attached(const IamRooms& rooms, const Call& call, EntityKind kind) {
  const auto entity = entity_of(rooms, call, kind);
  if (!entity) return std::unexpected(entity.error());
  const std::string prefix = text_or(call.input, "PathPrefix", "/");
  KeyedItems items;
  for (const access::Attachment& attachment : rooms.policies.attached(*entity)) {
    const auto policy = rooms.policies.find(attachment.policy_arn);
    if (policy && !policy->path.starts_with(prefix)) continue;
    items.emplace_back(attachment.policy_name + ' ' + attachment.policy_arn,
                       Object{{"PolicyName", attachment.policy_name}, {"PolicyArn", attachment.policy_arn}});
  }
  return page_of(rooms, call, {}, "AttachedPolicies", items);
}

Reply put_boundary(const IamRooms& rooms, const Call& call, EntityKind kind) {
  auto entity = entity_of(rooms, call, kind);
  if (!entity) return std::unexpected(entity.error());
  entity->boundary_arn = text_or(call.input, "PermissionsBoundary");
  if (!rooms.policies.find(entity->boundary_arn))
    return refuse("NoSuchEntityException", "Scope ARN: " + entity->boundary_arn + " does not exist or is not attachable.");
  if (auto updated = rooms.identities.update(entity->name, *entity); !updated) return refused(updated.error());
  return Object{};
}

Reply delete_boundary(const IamRooms& rooms, const Call& call, EntityKind kind) {
  auto entity = entity_of(rooms, call, kind);
  if (!entity) return std::unexpected(entity.error());
  entity->boundary_arn.clear();
  if (auto updated = rooms.identities.update(entity->name, *entity); !updated) return refused(updated.error());
  return Object{};
}

}  // namespace tocsin::api::iam
