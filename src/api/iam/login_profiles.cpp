#include <boost/json.hpp>

#include "access/login_profiles/password_hash.h"
#include "access/login_profiles/password_policy.h"
#include "api/iam/operations.h"

namespace tocsin::api::iam {
namespace {

using access::LoginProfile;

constexpr std::int64_t ns_per_day = 86'400'000'000'000;

Object profile_document(const LoginProfile& profile) {
  return {{"UserName", profile.user_name}, {"CreateDate", to_ns(profile.created)}, {"PasswordResetRequired", profile.must_change}};
}

std::unexpected<ServiceError> no_profile(const std::string& user_name) {
  return refuse("NoSuchEntityException", "Login Profile for User " + user_name + " cannot be found.");
}

/// Against the account's policy; `profile` null for a first one.
std::expected<void, ServiceError> check(const IamRooms& rooms, const Call& call, const std::string& password, const LoginProfile* profile) {
  const auto policy = rooms.accounts.password_policy(call.scope.account);
  if (auto good = access::check_password(password, policy ? &*policy : nullptr, call.scope.account); !good) return refused(good.error());
  if (policy && profile && access::was_used(*profile, password, policy->not_among_last))
    return refuse("PasswordPolicyViolationException", "Password does not conform to the account password policy: it was used before.");
  return {};
}

bool is_expired(const LoginProfile& profile, const access::PasswordPolicy& policy, Instant now) {
  return policy.age_days_max > 0 && to_ns(now) - to_ns(profile.changed) > policy.age_days_max * ns_per_day;
}

}  // namespace

Reply create_login_profile(const IamRooms& rooms, const Call& call) {
  const auto user = entity_of(rooms, call, EntityKind::user);
  if (!user) return std::unexpected(user.error());
  if (rooms.login_profiles.find(call.scope.account, user->name))
    return refuse("EntityAlreadyExistsException", "Login Profile for user " + user->name + " already exists.");
  const auto password = text_at(call.input, "Password");
  if (!password) return refuse("ValidationError", "Must specify a password.");
  if (auto good = check(rooms, call, *password, nullptr); !good) return std::unexpected(good.error());
  rooms.login_profiles.create(call.scope.account, user->name, *password, truth_or(call.input, "PasswordResetRequired", false));
  return Object{{"LoginProfile", profile_document(*rooms.login_profiles.find(call.scope.account, user->name))}};
}

Reply get_login_profile(const IamRooms& rooms, const Call& call) {
  const auto user = entity_of(rooms, call, EntityKind::user);
  if (!user) return std::unexpected(user.error());
  const auto profile = rooms.login_profiles.find(call.scope.account, user->name);
  if (!profile) return no_profile(user->name);
  return Object{{"LoginProfile", profile_document(*profile)}};
}

Reply update_login_profile(const IamRooms& rooms, const Call& call) {
  const auto user = entity_of(rooms, call, EntityKind::user);
  if (!user) return std::unexpected(user.error());
  const auto profile = rooms.login_profiles.find(call.scope.account, user->name);
  if (!profile) return no_profile(user->name);
  const auto password = text_at(call.input, "Password");
  if (password)
    if (auto good = check(rooms, call, *password, &*profile); !good) return std::unexpected(good.error());
  std::optional<bool> must_change;
  if (find(call.input, "PasswordResetRequired")) must_change = truth_or(call.input, "PasswordResetRequired", false);
  rooms.login_profiles.update(*profile, password ? std::optional(std::string(*password)) : std::nullopt, must_change);
  return Object{};
}

Reply delete_login_profile(const IamRooms& rooms, const Call& call) {
  const auto user = entity_of(rooms, call, EntityKind::user);
  if (!user) return std::unexpected(user.error());
  if (!rooms.login_profiles.remove(call.scope.account, user->name)) return no_profile(user->name);
  return Object{};
}

Reply change_password(const IamRooms& rooms, const Call& call) {
  if (call.principal.kind != PrincipalKind::user)
    return refuse("InvalidUserTypeException", "Only IAM Users can change their own password.");
  const std::string& name = call.principal.name;
  const auto profile = rooms.login_profiles.find(call.scope.account, name);
  if (!profile) return no_profile(name);
  const auto policy = rooms.accounts.password_policy(call.scope.account);
  if (policy && policy->hard_expiry && is_expired(*profile, *policy, call.now))
    return refuse("AccessDenied", "The password has expired. An administrator has to set a new one.");
  if (!access::password_matches(profile->hash, text_or(call.input, "OldPassword")))
    return refuse("AccessDenied", "The old password was incorrect.");
  const std::string password = text_or(call.input, "NewPassword");
  if (auto good = check(rooms, call, password, &*profile); !good) return std::unexpected(good.error());
  rooms.login_profiles.update(*profile, password, false);
  return Object{};
}

}  // namespace tocsin::api::iam
