#include "api/dispatch/audit_recorder/recorded_identity.h"

#include <boost/json.hpp>

#include "base/text_time.h"

namespace tocsin::api {
namespace {

std::string_view type_word(PrincipalKind kind) {
  switch (kind) {
    case PrincipalKind::root:
      return "Root";
    case PrincipalKind::user:
      return "IAMUser";
    case PrincipalKind::assumed_role:
    case PrincipalKind::host:
      return "AssumedRole";
    case PrincipalKind::federated_user:
      return "FederatedUser";
    case PrincipalKind::service:
      return "AWSService";
    case PrincipalKind::ingest_key:
      return "Unknown";
  }
  return "Unknown";
}

bool is_role(const Principal& principal) { return principal.kind == PrincipalKind::assumed_role || principal.kind == PrincipalKind::host; }

Object session_context(const Principal& principal) {
  Object context;
  if (is_role(principal))
    context["sessionIssuer"] = Object{{"type", "Role"},
                                      {"principalId", principal.principal_id.substr(0, principal.principal_id.find(':'))},
                                      {"arn", "arn:aws:iam::" + principal.account + ":role/" + principal.name},
                                      {"accountId", principal.account},
                                      {"userName", principal.name}};
  context["attributes"] = Object{{"creationDate", to_rfc3339(principal.session_started)}, {"mfaAuthenticated", "false"}};
  return context;
}

}  // namespace

Document user_identity(const Principal& principal) {
  Object out{{"type", type_word(principal.kind)}};
  if (principal.kind == PrincipalKind::service) {
    out["invokedBy"] = principal.name;
    return out;
  }
  out["principalId"] = principal.principal_id;
  out["arn"] = principal.arn;
  out["accountId"] = principal.account;
  if (!principal.access_key_id.empty()) out["accessKeyId"] = principal.access_key_id;
  if (principal.kind == PrincipalKind::user) out["userName"] = principal.name;
  if (is_role(principal) || principal.access_key_id.starts_with("ASIA")) out["sessionContext"] = session_context(principal);
  return out;
}

std::string username_of(const Principal& principal) {
  if (principal.kind == PrincipalKind::root) return "root";
  return is_role(principal) ? principal.session_name : principal.name;
}

}  // namespace tocsin::api
