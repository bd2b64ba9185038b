#include <algorithm>
#include <boost/json.hpp>

#include "api/iam/operations.h"

namespace tocsin::api::iam {
namespace {

constexpr std::size_t policy_characters_max = 6144;

std::vector<access::ManagedPolicy> shipped(const IamRooms& rooms) {
  std::vector<access::ManagedPolicy> out;
  for (const access::ShippedPolicy& policy : access::shipped_policies())
    if (auto found = rooms.policies.find("arn:aws:iam::aws:policy" + std::string(policy.path) + std::string(policy.name)))
      out.push_back(std::move(*found));
  return out;
}

}  // namespace

Reply create_policy(const IamRooms& rooms, const Call& call) {
  const std::string document = text_or(call.input, "PolicyDocument");
  if (auto valid = check_policy(document, access::PolicyKind::identity, policy_characters_max, "PolicySize"); !valid)
    return std::unexpected(valid.error());
  auto tags = with_tags({}, call.input);
  if (!tags) return std::unexpected(tags.error());
  const auto made = rooms.policies.create({.account = call.scope.account,
                                           .name = text_or(call.input, "PolicyName"),
                                           .path = text_or(call.input, "Path", "/"),
                                           .description = text_or(call.input, "Description"),
                                           .tags = std::move(*tags)},
                                          document);
  if (!made) return refused(made.error());
  Document out = policy_document(rooms, *made, call.scope.account, true);
  out.as_object().erase("Description");
  return Object{{"Policy", std::move(out)}};
}

Reply get_policy(const IamRooms& rooms, const Call& call) {
  const auto policy = rooms.policies.find(text_or(call.input, "PolicyArn"));
  if (!policy) return refused(policy.error());
  return Object{{"Policy", policy_document(rooms, *policy, call.scope.account, true)}};
}

Reply list_policies(const IamRooms& rooms, const Call& call) {
  const std::string scope = text_or(call.input, "Scope", "All"), prefix = text_or(call.input, "PathPrefix", "/");
  const bool only_attached = truth_or(call.input, "OnlyAttached", false);
  std::vector<access::ManagedPolicy> policies;
  if (scope != "AWS") policies = rooms.policies.list(call.scope.account);
  if (scope != "Local") std::ranges::move(shipped(rooms), std::back_inserter(policies));
  KeyedItems items;
  for (const access::ManagedPolicy& policy : policies) {
    if (!policy.path.starts_with(prefix) || (only_attached && rooms.policies.attachment_count(call.scope.account, policy.arn()) == 0))
      continue;
    items.emplace_back(access::name_key(policy.name) + ' ' + policy.account, policy_document(rooms, policy, call.scope.account, false));
  }
  std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return page_of(rooms, call, {}, "Policies", items);
}

Reply delete_policy(const IamRooms& rooms, const Call& call) {
  const std::string arn = text_or(call.input, "PolicyArn");
  if (rooms.identities.bounded_by(call.scope.account, arn) > 0)
    return refuse("DeleteConflictException", "Cannot delete a policy attached to entities.");
  if (auto removed = rooms.policies.remove(arn); !removed) return refused(removed.error());
  return Object{};
}

Reply tag_policy(const IamRooms& rooms, const Call& call) {
  auto policy = rooms.policies.find(text_or(call.input, "PolicyArn"));
  if (!policy) return refused(policy.error());
  auto tags = with_tags(policy->tags, call.input);
  if (!tags) return std::unexpected(tags.error());
  policy->tags = std::move(*tags);
  rooms.policies.update_tags(*policy);
  return Object{};
}

Reply untag_policy(const IamRooms& rooms, const Call& call) {
  auto policy = rooms.policies.find(text_or(call.input, "PolicyArn"));
  if (!policy) return refused(policy.error());
  policy->tags = without_tags(std::move(policy->tags), call.input);
  rooms.policies.update_tags(*policy);
  return Object{};
}

Reply list_policy_tags(const IamRooms& rooms, const Call& call) {
  const auto policy = rooms.policies.find(text_or(call.input, "PolicyArn"));
  if (!policy) return refused(policy.error());
  KeyedItems items;
  for (const auto& [name, value] : policy->tags) items.emplace_back(name, Object{{"Key", name}, {"Value", value}});
  return page_of(rooms, call, {}, "Tags", items);
}

}  // namespace tocsin::api::iam
