#include <boost/json.hpp>

#include "api/sts/operations.h"

namespace tocsin::api::sts {
namespace {

constexpr std::int64_t seconds_default = 43'200;
constexpr std::int64_t root_seconds_max = 3600;
// who passes no policy gives nothing away: what is left is what needs no permission
constexpr const char* nothing =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:GetCallerIdentity","Resource":"*"}})";

}  // namespace

// what the caller may, as far as the policies passed allow it too
Reply get_federation_token(const StsRooms& rooms, const Call& call) {
  const Principal& caller = call.principal;
  const bool root = caller.kind == PrincipalKind::root;
  if ((!root && caller.kind != PrincipalKind::user) || caller.access_key_id.starts_with("ASIA"))
    return refuse("AccessDenied", "Cannot call GetFederationToken with session credentials", 403);
  auto policies = session_policies(rooms, call);
  if (!policies) return std::unexpected(policies.error());
  if (policies->empty()) policies->push_back(nothing);
  std::int64_t seconds = integer_or(call.input, "DurationSeconds", root ? root_seconds_max : seconds_default);
  if (root) seconds = std::min(seconds, root_seconds_max);
  const std::string name = text_or(call.input, "Name"), id = caller.account + ':' + name,
                    arn = "arn:aws:sts::" + caller.account + ":federated-user/" + name;
  access::SessionRequest request{
      .principal = {.kind = PrincipalKind::federated_user, .account = caller.account, .arn = arn, .principal_id = id, .name = caller.name},
      .lifetime = std::chrono::seconds(seconds),
      .policies = std::move(*policies),
      .tags = {},
      .source_identity = ""};
  for (const Document& tag : array_at(call.input, "Tags")) request.tags[text_or(tag, "Key")] = text_or(tag, "Value");
  Object out{{"Credentials", credentials_document(rooms.sessions.issue(request))},
             {"FederatedUser", Object{{"FederatedUserId", id}, {"Arn", arn}}}};
  if (const auto size = packed_policy_size(call)) out["PackedPolicySize"] = *size;
  return out;
}

}  // namespace tocsin::api::sts
