// Everything that an account's policies hang on, in one listing.
#include <algorithm>
#include <boost/json.hpp>

#include "api/iam/operations.h"
#include "base/encoding.h"

namespace tocsin::api::iam {
namespace {

constexpr std::size_t all = 100'000;
constexpr std::int64_t items_default = 100;

struct Item {
  std::string key;  ///< orders the listing over all kinds
  const char* member;
  Document document;
};

Array inline_policies(const IamRooms& rooms, const Entity& entity) {
  Array out;
  for (const std::string& name : rooms.policies.inline_names(entity))
    if (const auto document = rooms.policies.inline_document(entity, name))
      out.push_back(Object{{"PolicyName", name}, {"PolicyDocument", percent_encode(*document)}});
  return out;
}

Array attached_policies(const IamRooms& rooms, const Entity& entity) {
  Array out;
  for (const access::Attachment& attachment : rooms.policies.attached(entity))
    out.push_back(Object{{"PolicyName", attachment.policy_name}, {"PolicyArn", attachment.policy_arn}});
  return out;
}

Document user_detail(const IamRooms& rooms, const Entity& user) {
  Document out = user_document(user);
  Array groups;
  for (const Entity& group : rooms.identities.groups_of(user)) groups.emplace_back(group.name);
  out.as_object()["GroupList"] = std::move(groups);
  out.as_object()["UserPolicyList"] = inline_policies(rooms, user);
  out.as_object()["AttachedManagedPolicies"] = attached_policies(rooms, user);
  return out;
}

Document group_detail(const IamRooms& rooms, const Entity& group) {
  Document out = group_document(group);
  out.as_object()["GroupPolicyList"] = inline_policies(rooms, group);
  out.as_object()["AttachedManagedPolicies"] = attached_policies(rooms, group);
  return out;
}

Document role_detail(const IamRooms& rooms, const Entity& role) {
  Document out = role_document(role);
  Object& members = out.as_object();
  members.erase("Description");
  members.erase("MaxSessionDuration");
  Array profiles;
  for (const Entity& profile : rooms.identities.groups_of(role))
    profiles.push_back(Object{{"Path", profile.path},
                              {"InstanceProfileName", profile.name},
                              {"InstanceProfileId", profile.id},
                              {"Arn", profile.arn()},
                              {"CreateDate", to_ns(profile.created)},
                              {"Roles", Array{role_document(role)}}});
  members["InstanceProfileList"] = std::move(profiles);
  members["RolePolicyList"] = inline_policies(rooms, role);
  members["AttachedManagedPolicies"] = attached_policies(rooms, role);
  return out;
}

Document policy_detail(const IamRooms& rooms, const access::ManagedPolicy& policy, const std::string& account) {
  Document out = policy_document(rooms, policy, account, true);
  Array versions;
  if (const auto found = rooms.policies.versions(policy.arn()))
    for (const access::PolicyVersion& version : *found)
      versions.push_back(Object{{"Document", percent_encode(version.document)},
                                {"VersionId", version.id},
                                {"IsDefaultVersion", version.is_default},
                                {"CreateDate", to_ns(version.created)}});
  out.as_object().erase("Tags");
  out.as_object()["PolicyVersionList"] = std::move(versions);
  return out;
}

bool is_wanted(const Call& call, std::string_view kind) {
  const Array& filter = array_at(call.input, "Filter");
  return filter.empty() ||
         std::any_of(filter.begin(), filter.end(), [&](const Document& each) { return each.is_string() && each.as_string() == kind; });
}

std::vector<Item> items_of(const IamRooms& rooms, const Call& call) {
  std::vector<Item> items;
  const std::string& account = call.scope.account;
  const auto add = [&](const char* kind, EntityKind entities, const char* order, const char* member, auto detail) {
    if (!is_wanted(call, kind)) return;
    for (const Entity& entity : rooms.identities.list(entities, account, "/", "", all))
      items.push_back({order + access::name_key(entity.name), member, detail(rooms, entity)});
  };
  add("User", EntityKind::user, "1", "UserDetailList", user_detail);
  add("Group", EntityKind::group, "2", "GroupDetailList", group_detail);
  add("Role", EntityKind::role, "3", "RoleDetailList", role_detail);
  if (is_wanted(call, "LocalManagedPolicy"))
    for (const access::ManagedPolicy& policy : rooms.policies.list(account))
      items.push_back({"4" + access::name_key(policy.name), "Policies", policy_detail(rooms, policy, account)});
  if (is_wanted(call, "AWSManagedPolicy"))
    for (const access::ShippedPolicy& shipped : access::shipped_policies())
      if (const auto policy = rooms.policies.find("arn:aws:iam::aws:policy" + std::string(shipped.path) + std::string(shipped.name)))
        items.push_back({"5" + std::string(shipped.name), "Policies", policy_detail(rooms, *policy, account)});
  std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.key < b.key; });
  return items;
}

}  // namespace

Reply get_account_authorization_details(const IamRooms& rooms, const Call& call) {
  const auto after = marker_of(rooms, call);
  if (!after) return refuse("ValidationError", "Invalid Marker.");
  const auto count_max = static_cast<std::size_t>(integer_or(call.input, "MaxItems", items_default));
  Object out{{"UserDetailList", Array{}},
             {"GroupDetailList", Array{}},
             {"RoleDetailList", Array{}},
             {"Policies", Array{}},
             {"IsTruncated", false}};
  std::size_t count = 0;
  std::string last;
  for (Item& item : items_of(rooms, call)) {
    if (!after->empty() && item.key <= *after) continue;
    if (count++ == count_max) {
      out["IsTruncated"] = true;
      out["Marker"] = rooms.tokens.seal(call, last);
      break;
    }
    out[item.member].as_array().push_back(std::move(item.document));
    last = item.key;
  }
  return out;
}

}  // namespace tocsin::api::iam
