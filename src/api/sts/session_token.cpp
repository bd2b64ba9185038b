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

std::expected<bool, ServiceError> checked_mfa(const StsRooms& rooms, const Call& call) {
  const auto serial = text_at(call.input, "SerialNumber"), code = text_at(call.input, "TokenCode");
  if (!serial && !code) return false;
  const auto failed = [](const char* why) { return refuse("AccessDenied", std::string("MultiFactorAuthentication failed ") + why, 403); };
  if (!serial || !code) return failed("must provide both MFA serial number and one time pass code.");
  const auto device = rooms.mfa_devices.find(*serial);
  const bool own = device && !device->user_name.empty() && call.principal.kind == PrincipalKind::user &&
                   device->account == call.principal.account && device->user_name == call.principal.name;
  if (!own) return failed("unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.");
  if (!rooms.mfa_devices.accepts(*device, *code)) return failed("with invalid MFA one time pass code. ");
  return true;
}

Reply get_session_token(const StsRooms& rooms, const Call& call) {
  const Principal& caller = call.principal;
  const bool root = caller.kind == PrincipalKind::root;
  if ((!root && caller.kind != PrincipalKind::user) || caller.access_key_id.starts_with("ASIA"))
    return refuse("AccessDenied", "Cannot call GetSessionToken with session credentials", 403);
  const auto with_mfa = checked_mfa(rooms, call);
  if (!with_mfa) return std::unexpected(with_mfa.error());
  std::int64_t seconds = integer_or(call.input, "DurationSeconds", root ? root_seconds_max : user_seconds_default);
  if (root && seconds > root_seconds_max) seconds = root_seconds_max;
  const auto made = rooms.sessions.issue(
      {.principal = caller, .lifetime = std::chrono::seconds(seconds), .policies = {}, .tags = {}, .source_identity = "", .with_mfa = *with_mfa});
  return Object{{"Credentials", credentials_document(made)}};
}

}  // namespace tocsin::api::sts
