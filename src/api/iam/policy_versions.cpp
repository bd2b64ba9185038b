#include <boost/json.hpp>

#include "api/iam/operations.h"
#include "base/encoding.h"

namespace tocsin::api::iam {
namespace {

constexpr std::size_t policy_characters_max = 6144;

Object version_document(const access::PolicyVersion& version, bool with_document) {
  Object out{{"VersionId", version.id}, {"IsDefaultVersion", version.is_default}, {"CreateDate", to_ns(version.created)}};
  if (with_document) out["Document"] = percent_encode(version.document);
  return out;
}

/// Policies of other accounts are not there.
std::expected<std::string, ServiceError> own_policy(const Call& call) {
  const std::string arn = text_or(call.input, "PolicyArn");
  if (arn.starts_with("arn:aws:iam::" + call.scope.account + ':') || arn.starts_with("arn:aws:iam::aws:")) return arn;
  return refuse("NoSuchEntityException", "Policy " + arn + " was not found.");
}

}  // namespace

Reply create_policy_version(const IamRooms& rooms, const Call& call) {
  const auto arn = own_policy(call);
  if (!arn) return std::unexpected(arn.error());
  const std::string document = text_or(call.input, "PolicyDocument");
  if (auto valid = check_policy(document, access::PolicyKind::identity, policy_characters_max, "PolicySize"); !valid)
    return std::unexpected(valid.error());
  const auto made = rooms.policies.create_version(*arn, document, truth_or(call.input, "SetAsDefault", false));
  if (!made) return refused(made.error());
  return Object{{"PolicyVersion", version_document(*made, false)}};
}

Reply get_policy_version(const IamRooms& rooms, const Call& call) {
  const auto arn = own_policy(call);
  if (!arn) return std::unexpected(arn.error());
  const auto version = rooms.policies.version(*arn, text_or(call.input, "VersionId"));
  if (!version) return refused(version.error());
  return Object{{"PolicyVersion", version_document(*version, true)}};
}

Reply list_policy_versions(const IamRooms& rooms, const Call& call) {
  const auto arn = own_policy(call);
  if (!arn) return std::unexpected(arn.error());
  const auto versions = rooms.policies.versions(*arn);
  if (!versions) return refused(versions.error());
  KeyedItems items;
  // at most five, so the order of the list is key enough
  for (std::size_t i = 0; i < versions->size(); ++i) items.emplace_back(std::to_string(i), version_document((*versions)[i], false));
  return page_of(rooms, call, {}, "Versions", items);
}

Reply delete_policy_version(const IamRooms& rooms, const Call& call) {
  const auto arn = own_policy(call);
  if (!arn) return std::unexpected(arn.error());
  if (auto removed = rooms.policies.remove_version(*arn, text_or(call.input, "VersionId")); !removed) return refused(removed.error());
  return Object{};
}

Reply set_default_policy_version(const IamRooms& rooms, const Call& call) {
  const auto arn = own_policy(call);
  if (!arn) return std::unexpected(arn.error());
  if (auto changed = rooms.policies.set_default_version(*arn, text_or(call.input, "VersionId")); !changed) return refused(changed.error());
  return Object{};
}

}  // namespace tocsin::api::iam
