#include "api/iam/answers.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "base/encoding.h"

namespace tocsin::api::iam {
namespace {

constexpr std::int64_t items_default = 100;
constexpr std::size_t tags_max = 50;

Object entity_document(const Entity& entity, const char* name, const char* id) {
  return Object{{"Path", entity.path}, {name, entity.name}, {id, entity.id}, {"Arn", entity.arn()}, {"CreateDate", to_ns(entity.created)}};
}

void add_boundary_and_tags(const Entity& entity, Object& out) {
  if (!entity.boundary_arn.empty())
    out["PermissionsBoundary"] = Object{{"PermissionsBoundaryType", "Policy"}, {"PermissionsBoundaryArn", entity.boundary_arn}};
  if (!entity.tags.empty()) out["Tags"] = tags_document(entity.tags);
}

}  // namespace

std::unexpected<ServiceError> refused(const Error& error) {
  if (error.reason == "AccessDenied") return refuse("AccessDenied", error.message);
  if (error.reason.empty()) return refuse("ServiceFailureException", error.message);
  return refuse(error.reason + "Exception", error.message);
}

std::string name_member(EntityKind kind) {
  switch (kind) {
    case EntityKind::user:
      return "UserName";
    case EntityKind::group:
      return "GroupName";
    case EntityKind::role:
      return "RoleName";
    case EntityKind::instance_profile:
      return "InstanceProfileName";
  }
  return "";
}

std::expected<Entity, ServiceError> entity_of(const IamRooms& rooms, const Call& call, EntityKind kind) {
  std::string name = text_or(call.input, name_member(kind));
  if (name.empty() && kind == EntityKind::user) {
    if (call.principal.kind != PrincipalKind::user)
      return refuse("ValidationError", "Must specify userName when calling with non-User credentials");
    name = call.principal.name;
  }
  auto found = rooms.identities.find(kind, call.scope.account, name);
  if (!found) return refused(found.error());
  return std::move(*found);
}

Document user_document(const Entity& user) {
  Object out = entity_document(user, "UserName", "UserId");
  add_boundary_and_tags(user, out);
  return out;
}

Document group_document(const Entity& group) { return entity_document(group, "GroupName", "GroupId"); }

Document role_document(const Entity& role) {
  Object out = entity_document(role, "RoleName", "RoleId");
  out["AssumeRolePolicyDocument"] = percent_encode(role.trust_policy);
  if (!role.description.empty()) out["Description"] = role.description;
  out["MaxSessionDuration"] = role.session_seconds_max;
  add_boundary_and_tags(role, out);
  return out;
}

Document policy_document(const IamRooms& rooms, const access::ManagedPolicy& policy, const std::string& account, bool whole) {
  const std::string arn = policy.arn();
  Object out{{"PolicyName", policy.name},
             {"PolicyId", policy.id},
             {"Arn", arn},
             {"Path", policy.path},
             {"DefaultVersionId", policy.default_version},
             {"AttachmentCount", rooms.policies.attachment_count(account, arn)},
             {"PermissionsBoundaryUsageCount", rooms.identities.bounded_by(account, arn)},
             {"IsAttachable", true},
             {"CreateDate", to_ns(policy.created)},
             {"UpdateDate", to_ns(policy.updated)}};
  if (!whole) return out;
  if (!policy.description.empty()) out["Description"] = policy.description;
  if (!policy.tags.empty()) out["Tags"] = tags_document(policy.tags);
  return out;
}

Array tags_document(const access::Tags& tags) {
  Array out;
  for (const auto& [name, value] : tags) out.push_back(Object{{"Key", name}, {"Value", value}});
  return out;
}

std::expected<access::Tags, ServiceError> with_tags(access::Tags old, const Document& input) {
  std::map<std::string, std::string> merged(old.begin(), old.end());
  for (const Document& tag : array_at(input, "Tags")) merged[text_or(tag, "Key")] = text_or(tag, "Value");
  if (merged.size() > tags_max) return refuse("LimitExceededException", "The number of tags has reached the maximum limit of 50.");
  return access::Tags(merged.begin(), merged.end());
}

access::Tags without_tags(access::Tags old, const Document& input) {
  for (const Document& name : array_at(input, "TagKeys"))
    std::erase_if(old, [&](const auto& tag) { return name.is_string() && name.as_string() == tag.first; });
  return old;
}

std::optional<std::string> marker_of(const IamRooms& rooms, const Call& call) {
  const auto marker = text_at(call.input, "Marker");
  return marker ? rooms.tokens.open(call, *marker) : std::optional<std::string>("");
}

Reply page_of(const IamRooms& rooms, const Call& call, Object out, const char* member, const KeyedItems& items) {
  const auto after = marker_of(rooms, call);
  if (!after) return refuse("ValidationError", "Invalid Marker.");
  const auto count_max = static_cast<std::size_t>(integer_or(call.input, "MaxItems", items_default));
  Array page;
  std::string last;
  bool truncated = false;
  for (const auto& [key, item] : items) {
    if (!after->empty() && key <= *after) continue;
    truncated = page.size() == count_max;
    if (truncated) break;
    page.push_back(item);
    last = key;
  }
  out[member] = std::move(page);
  out["IsTruncated"] = truncated;
  if (truncated) out["Marker"] = rooms.tokens.seal(call, last);
  return out;
}

std::size_t characters_of(const std::string& document) {
  return static_cast<std::size_t>(
      std::count_if(document.begin(), document.end(), [](char c) { return c != ' ' && c != '\n' && c != '\t' && c != '\r'; }));
}

std::expected<void, ServiceError> check_policy(const std::string& document, access::PolicyKind kind, std::size_t characters_max,
                                               const char* quota) {
  if (auto parsed = access::parse_policy(document, kind); !parsed) return refused(parsed.error());
  if (characters_of(document) > characters_max)
    return refuse("LimitExceededException", std::string("Cannot exceed quota for ") + quota + ": " + std::to_string(characters_max));
  return {};
}

}  // namespace tocsin::api::iam
