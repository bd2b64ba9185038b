#include <boost/json.hpp>

#include "api/iam/operations.h"

namespace tocsin::api::iam {

Reply tag_entity(const IamRooms& rooms, const Call& call, EntityKind kind) {
  auto entity = entity_of(rooms, call, kind);
  if (!entity) return std::unexpected(entity.error());
  auto tags = with_tags(entity->tags, call.input);
  if (!tags) return std::unexpected(tags.error());
  entity->tags = std::move(*tags);
  if (auto updated = rooms.identities.update(entity->name, *entity); !updated) return refused(updated.error());
  return Object{};
}

Reply untag_entity(const IamRooms& rooms, const Call& call, EntityKind kind) {
  auto entity = entity_of(rooms, call, kind);
  if (!entity) return std::unexpected(entity.error());
  entity->tags = without_tags(std::move(entity->tags), call.input);
  if (auto updated = rooms.identities.update(entity->name, *entity); !updated) return refused(updated.error());
  return Object{};
}

Reply list_entity_tags(const IamRooms& rooms, const Call& call, EntityKind kind) {
  const auto entity = entity_of(rooms, call, kind);
  if (!entity) return std::unexpected(entity.error());
  KeyedItems items;
  for (const auto& [name, value] : entity->tags) items.emplace_back(name, Object{{"Key", name}, {"Value", value}});
  return page_of(rooms, call, {}, "Tags", items);
}

}  // namespace tocsin::api::iam
