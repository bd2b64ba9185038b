#include <boost/json.hpp>

#include "api/sts/operations.h"

namespace tocsin::api::sts {
namespace {

constexpr std::int64_t user_seconds_default = 43'200;
constexpr std::int64_t root_seconds_max = 3600;

}  // namespace

Document credentials_document(const access::SessionCredentials& credentials) {
  return Object{{"AccessKeyId", credentials.access_key_id},
                {"SecretAccessKey", credentials.secret_access_key},
                {"SessionToken", credentials.session_token},
                {"Expiration", to_ns(credentials.expires)}};
}

Reply get_session_token(const StsRooms& rooms, const Call& call) {
  const Principal& caller = call.principal;
  const bool root = caller.kind == PrincipalKind::root;
  if ((!root && caller.kind != PrincipalKind::user) || caller.access_key_id.starts_with("ASIA"))
    return refuse("AccessDenied", "Cannot call GetSessionToken with session credentials", 403);
  if (find(call.input, "SerialNumber") || find(call.input, "TokenCode"))
    return refuse("AccessDenied", "MultiFactorAuthentication failed: no MFA device is registered for this caller.", 403);
  std::int64_t seconds = integer_or(call.input, "DurationSeconds", root ? root_seconds_max : user_seconds_default);
  if (root && seconds > root_seconds_max) seconds = root_seconds_max;
  const auto made = rooms.sessions.issue(
      {.principal = caller, .lifetime = std::chrono::seconds(seconds), .policies = {}, .tags = {}, .source_identity = ""});
  return Object{{"Credentials", credentials_document(made)}};
}

}  // namespace tocsin::api::sts
