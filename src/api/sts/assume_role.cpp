#include <boost/json.hpp>

#include "access/policies/policy_parser.h"
#include "api/sts/operations.h"

namespace tocsin::api::sts {
namespace {

constexpr std::int64_t seconds_default = 3600;
constexpr std::int64_t chained_seconds_max = 3600;

access::ConditionContext context_of(const Call& call, bool with_mfa) {
  access::ConditionContext out;
  if (const auto id = text_at(call.input, "ExternalId")) out["sts:externalid"] = {*id};
  if (const auto source = text_at(call.input, "SourceIdentity")) out["sts:sourceidentity"] = {*source};
  for (const Document& tag : array_at(call.input, "Tags")) {
    out["aws:requesttag/" + lower_case(text_or(tag, "Key"))] = {text_or(tag, "Value")};
    out["aws:tagkeys"].push_back(text_or(tag, "Key"));
  }
  out["aws:sourceip"] = {call.source_ip};
  out["aws:requestedregion"] = {call.scope.region};
  // keys that a person keeps for long say nothing of a second factor unless a code came with the call
  if (with_mfa) {
    out["aws:multifactorauthpresent"] = {"true"};
    out["aws:multifactorauthage"] = {"0"};
  }
  return out;
}

std::expected<std::int64_t, ServiceError> duration_of(const Call& call, const access::Entity& role) {
  const std::int64_t seconds = integer_or(call.input, "DurationSeconds", seconds_default);
  if (call.principal.kind == PrincipalKind::assumed_role && seconds > chained_seconds_max)
    return refuse("ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
  if (seconds > role.session_seconds_max)
    return refuse("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  return seconds;
}

}  // namespace

constexpr std::size_t session_policy_bytes_max = 2048;

std::expected<std::vector<std::string>, ServiceError> session_policies(const StsRooms& rooms, const Call& call) {
  std::vector<std::string> out;
  if (const auto policy = text_at(call.input, "Policy")) {
    if (policy->size() > session_policy_bytes_max)
      return refuse("PackedPolicyTooLargeException", "The session policy is longer than 2048 characters.");
    if (auto parsed = access::parse_policy(*policy, access::PolicyKind::identity); !parsed)
      return refuse("MalformedPolicyDocumentException", parsed.error().message);
    out.push_back(*policy);
  }
  for (const Document& entry : array_at(call.input, "PolicyArns")) {
    const std::string arn = text_or(entry, "arn");
    auto document = rooms.policies.document_of(arn);
    if (!document) return refuse("MalformedPolicyDocumentException", "The policy " + arn + " does not exist.");
    out.push_back(std::move(*document));
  }
  return out;
}

std::optional<std::int64_t> packed_policy_size(const Call& call) {
  const auto policy = text_at(call.input, "Policy");
  if (!policy) return std::nullopt;
  return static_cast<std::int64_t>(policy->size() * 100 / session_policy_bytes_max);
}

Reply assume_role(const StsRooms& rooms, const Call& call) {
  const auto with_mfa = checked_mfa(rooms, call);
  if (!with_mfa) return std::unexpected(with_mfa.error());
  auto assumed =
      rooms.roles.assume(call.principal, text_or(call.input, "RoleArn"), text_or(call.input, "RoleSessionName"), context_of(call, *with_mfa));
  if (!assumed) return refuse("AccessDenied", assumed.error().message, 403);
  const auto seconds = duration_of(call, assumed->role);
  if (!seconds) return std::unexpected(seconds.error());
  auto policies = session_policies(rooms, call);
  if (!policies) return std::unexpected(policies.error());

  access::SessionRequest request{.principal = assumed->principal,
                                 .lifetime = std::chrono::seconds(*seconds),
                                 .policies = std::move(*policies),
                                 .tags = {},
                                 .source_identity = text_or(call.input, "SourceIdentity"),
                                 .with_mfa = *with_mfa};
  for (const Document& tag : array_at(call.input, "Tags")) request.tags[text_or(tag, "Key")] = text_or(tag, "Value");
  Object out{{"Credentials", credentials_document(rooms.sessions.issue(request))},
             {"AssumedRoleUser", Object{{"AssumedRoleId", assumed->principal.principal_id}, {"Arn", assumed->principal.arn}}}};
  if (const auto size = packed_policy_size(call)) out["PackedPolicySize"] = *size;
  if (!request.source_identity.empty()) out["SourceIdentity"] = request.source_identity;
  return out;
}

}  // namespace tocsin::api::sts
