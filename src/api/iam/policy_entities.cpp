#include <algorithm>
#include <boost/json.hpp>

#include "api/iam/operations.h"

namespace tocsin::api::iam {
namespace {

struct Listed {
  std::string key;
  EntityKind kind;
  Object document;
};

std::string_view filter_word(EntityKind kind) {
  switch (kind) {
    case EntityKind::user:
      return "User";
    case EntityKind::group:
      return "Group";
    case EntityKind::role:
      return "Role";
    case EntityKind::instance_profile:
      break;
  }
  return "";
}

const char* list_member(EntityKind kind) {
  switch (kind) {
    case EntityKind::user:
      return "PolicyUsers";
    case EntityKind::group:
      return "PolicyGroups";
    case EntityKind::role:
      return "PolicyRoles";
    case EntityKind::instance_profile:
      break;
  }
  return "";
}

std::vector<Listed> entities_of(const IamRooms& rooms, const Call& call, const std::string& arn) {
  const std::string filter = text_or(call.input, "EntityFilter"), prefix = text_or(call.input, "PathPrefix", "/");
  std::vector<Listed> out;
  for (const std::string& id : rooms.policies.attached_ids(call.scope.account, arn)) {
    const auto entity = rooms.identities.find_by_id(id);
    if (!entity || !entity->path.starts_with(prefix) || (!filter.empty() && filter != filter_word(entity->kind))) continue;
    const std::string name = name_member(entity->kind);
    std::string id_member = name.substr(0, name.size() - 4) + "Id";
    out.push_back({std::to_string(static_cast<int>(entity->kind)) + access::name_key(entity->name), entity->kind,
                   Object{{name, entity->name}, {id_member, entity->id}}});
  }
  std::sort(out.begin(), out.end(), [](const Listed& a, const Listed& b) { return a.key < b.key; });
  return out;
}

}  // namespace

Reply list_entities_for_policy(const IamRooms& rooms, const Call& call) {
  const std::string arn = text_or(call.input, "PolicyArn");
  if (const auto policy = rooms.policies.find(arn); !policy) return refused(policy.error());
  const auto after = marker_of(rooms, call);
  if (!after) return refuse("ValidationError", "Invalid Marker.");
  const auto count_max = static_cast<std::size_t>(integer_or(call.input, "MaxItems", 100));
  Object out{{"PolicyGroups", Array{}}, {"PolicyUsers", Array{}}, {"PolicyRoles", Array{}}, {"IsTruncated", false}};
  std::size_t count = 0;
  std::string last;
  for (Listed& listed : entities_of(rooms, call, arn)) {
    if (!after->empty() && listed.key <= *after) continue;
    if (count++ == count_max) {
      out["IsTruncated"] = true;
      out["Marker"] = rooms.tokens.seal(call, last);
      break;
    }
    out[list_member(listed.kind)].as_array().push_back(std::move(listed.document));
    last = listed.key;
  }
  return out;
}

}  // namespace tocsin::api::iam
