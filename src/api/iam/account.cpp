#include <algorithm>
#include <boost/json.hpp>

#include "api/iam/operations.h"

namespace tocsin::api::iam {
namespace {

using access::PasswordPolicy;

constexpr std::size_t all = 100'000;

std::int64_t count_of(const IamRooms& rooms, const Call& call, EntityKind kind) {
  return static_cast<std::int64_t>(rooms.identities.list(kind, call.scope.account, "/", "", all).size());
}

std::unexpected<ServiceError> no_policy(const Call& call) {
  return refuse("NoSuchEntityException", "The Password Policy with domain name " + call.scope.account + " cannot be found.");
}

std::int64_t versions_in_use(const IamRooms& rooms, const Call& call) {
  std::int64_t count = 0;
  for (const access::ManagedPolicy& policy : rooms.policies.list(call.scope.account))
    if (const auto versions = rooms.policies.versions(policy.arn())) count += static_cast<std::int64_t>(versions->size());
  return count;
}

}  // namespace

Reply create_account_alias(const IamRooms& rooms, const Call& call) {
  const std::string alias = text_or(call.input, "AccountAlias"), owner = rooms.accounts.account_of_alias(alias);
  if (!owner.empty() && owner != call.scope.account)
    return refuse("EntityAlreadyExistsException", "The account alias " + alias + " already exists.");
  rooms.accounts.set_alias(call.scope.account, alias);
  return Object{};
}

Reply delete_account_alias(const IamRooms& rooms, const Call& call) {
  const std::string alias = text_or(call.input, "AccountAlias");
  if (rooms.accounts.alias(call.scope.account) != alias)
    return refuse("NoSuchEntityException", "The account alias " + alias + " cannot be found.");
  rooms.accounts.set_alias(call.scope.account, "");
  return Object{};
}

Reply list_account_aliases(const IamRooms& rooms, const Call& call) {
  KeyedItems items;
  if (const std::string alias = rooms.accounts.alias(call.scope.account); !alias.empty()) items.emplace_back(alias, alias);
  return page_of(rooms, call, {}, "AccountAliases", items);
}

Reply get_account_password_policy(const IamRooms& rooms, const Call& call) {
  const auto policy = rooms.accounts.password_policy(call.scope.account);
  if (!policy) return no_policy(call);
  Object out{{"MinimumPasswordLength", policy->length_min},
             {"RequireSymbols", policy->needs_symbol},
             {"RequireNumbers", policy->needs_number},
             {"RequireUppercaseCharacters", policy->needs_uppercase},
             {"RequireLowercaseCharacters", policy->needs_lowercase},
             {"AllowUsersToChangePassword", policy->users_may_change},
             {"ExpirePasswords", policy->age_days_max > 0},
             {"HardExpiry", policy->hard_expiry}};
  if (policy->age_days_max > 0) out["MaxPasswordAge"] = policy->age_days_max;
  if (policy->not_among_last > 0) out["PasswordReusePrevention"] = policy->not_among_last;
  return Object{{"PasswordPolicy", std::move(out)}};
}

// what is not given has its default again
Reply update_account_password_policy(const IamRooms& rooms, const Call& call) {
  const Document& input = call.input;
  const PasswordPolicy policy{.length_min = static_cast<int>(integer_or(input, "MinimumPasswordLength", PasswordPolicy().length_min)),
                              .needs_symbol = truth_or(input, "RequireSymbols", false),
                              .needs_number = truth_or(input, "RequireNumbers", false),
                              .needs_uppercase = truth_or(input, "RequireUppercaseCharacters", false),
                              .needs_lowercase = truth_or(input, "RequireLowercaseCharacters", false),
                              .users_may_change = truth_or(input, "AllowUsersToChangePassword", false),
                              .age_days_max = static_cast<int>(integer_or(input, "MaxPasswordAge", 0)),
                              .not_among_last = static_cast<int>(integer_or(input, "PasswordReusePrevention", 0)),
                              .hard_expiry = truth_or(input, "HardExpiry", false)};
  rooms.accounts.set_password_policy(call.scope.account, policy);
  return Object{};
}

Reply delete_account_password_policy(const IamRooms& rooms, const Call& call) {
  if (!rooms.accounts.password_policy(call.scope.account)) return no_policy(call);
  rooms.accounts.set_password_policy(call.scope.account, std::nullopt);
  return Object{};
}

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
Reply get_account_summary(const IamRooms& rooms, const Call& call) {
  const auto devices = rooms.mfa_devices.list(call.scope.account);
  const bool root_has_keys = !rooms.keys.list(call.scope.account, "").empty();
  return Object{{"SummaryMap", Object{{"Users", count_of(rooms, call, EntityKind::user)},
                                      {"UsersQuota", 5000},
                                      {"Groups", count_of(rooms, call, EntityKind::group)},
                                      {"GroupsQuota", 300},
                                      {"Roles", count_of(rooms, call, EntityKind::role)},
                                      {"RolesQuota", 1000},
                                      {"InstanceProfiles", count_of(rooms, call, EntityKind::instance_profile)},
                                      {"InstanceProfilesQuota", 1000},
                                      {"Policies", static_cast<std::int64_t>(rooms.policies.list(call.scope.account).size())},
                                      {"PoliciesQuota", 1500},
                                      {"PolicyVersionsInUse", versions_in_use(rooms, call)},
                                      {"PolicyVersionsInUseQuota", 10000},
                                      {"PolicySizeQuota", 6144},
                                      {"VersionsPerPolicyQuota", 5},
                                      {"UserPolicySizeQuota", 2048},
                                      {"GroupPolicySizeQuota", 5120},
                                      {"RolePolicySizeQuota", 10240},
                                      {"AssumeRolePolicySizeQuota", 2048},
                                      {"AttachedPoliciesPerUserQuota", 10},
                                      {"AttachedPoliciesPerGroupQuota", 10},
                                      {"AttachedPoliciesPerRoleQuota", 10},
                                      {"GroupsPerUserQuota", 10},
                                      {"AccessKeysPerUserQuota", 2},
                                      {"SigningCertificatesPerUserQuota", 2},
                                      {"ServerCertificates", 0},
                                      {"ServerCertificatesQuota", 20},
                                      {"Providers", static_cast<std::int64_t>(rooms.identity_providers.list(call.scope.account).size())},
                                      {"MFADevices", static_cast<std::int64_t>(devices.size())},
                                      {"MFADevicesInUse", std::count_if(devices.begin(), devices.end(), [](const auto& device) { return !device.user_name.empty(); })},
                                      {"AccountMFAEnabled", 0},
                                      {"AccountAccessKeysPresent", root_has_keys ? 1 : 0},
                                      {"AccountPasswordPresent", 0},
                                      {"AccountSigningCertificatesPresent", 0},
                                      {"GlobalEndpointTokenVersion", 1}}}};
}

}  // namespace tocsin::api::iam
