// Roles that a call hands to a service must be there and trust it; each service refuses others in words of its own.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
#include <algorithm>
#include <array>

#include "access/permissions/required_permission.h"
#include "api/dispatch/access_gate/access_gate.h"
#include "model/arn.h"

namespace tocsin::api {
namespace {

struct Refusal {
  std::string_view service;
  std::string_view operation;  ///< empty: each
  std::string_view code;
  std::string_view words;  ///< {role} is the role's ARN
  bool may_be_absent = false;
};

// those that are not here look at the role when they use it; hosts do without the role of their activation when nobody made it
constexpr std::array<Refusal, 8> refusals{{
    {"events", "", "ValidationException", "Provided role '{role}' cannot be assumed by principal 'events.amazonaws.com'."},
    {"scheduler", "", "ValidationException", "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."},
    {"ssm", "CreateActivation", "ValidationException", "Nonexistent role or missing ssm service principal in trust policy: {role}", true},
    {"ssm", "UpdateManagedInstanceRole", "ValidationException", "Nonexistent role or missing ssm service principal in trust policy: {role}",
     true},
    {"ssm", "StartAutomationExecution", "InvalidAutomationExecutionParametersException",
     "The defined assume role is unable to be assumed."},
    {"ssm", "SendCommand", "InvalidRole",
     "The role name can't contain invalid characters. Also verify that you specified an IAM role for notifications that includes the "
     "required trust policy."},
    {"logs", "PutSubscriptionFilter", "ValidationException",
     "Make sure you have given CloudWatch Logs permission to assume the provided role."},
    {"logs", "CreateScheduledQuery", "ValidationException",
     "Make sure you have given CloudWatch Logs permission to assume the provided role."},
}};

const Refusal* refusal_of(const Call& call) {
  const auto found = std::find_if(refusals.begin(), refusals.end(), [&](const Refusal& each) {
    return each.service == call.service && (each.operation.empty() || each.operation == call.operation);
  });
  return found == refusals.end() ? nullptr : &*found;
}

std::string words_of(const Refusal& refusal, const std::string& role) {
  std::string words(refusal.words);
  if (const auto at = words.find("{role}"); at != std::string::npos) words.replace(at, 6, role);
  return words;
}

}  // namespace

bool AccessGate::is_trusting(const Call& call, const std::string& role_arn, const std::string& service, bool may_be_absent) {
  const auto arn = parse_arn(role_arn);
  if (!arn || arn->service != "iam" || !arn->resource.starts_with("role/")) return false;
  const auto role = identities_.find(access::EntityKind::role, arn->account, arn->resource.substr(arn->resource.rfind('/') + 1));
  // whoever tries a server with any key has seldom made its roles
  if (!role) return may_be_absent || settings_.dev;
  return role->account == call.scope.account && authorizer_.trusts_service(*role, service);
}

std::expected<void, ServiceError> AccessGate::check_passed_roles(const Call& call) {
  const Refusal* const refusal = refusal_of(call);
  if (!refusal) return {};
  for (const access::RequiredPermission& required : access::required_permissions(call.service, call.operation, call.input, call.scope)) {
    if (required.passed_to_service.empty()) continue;
    for (const std::string& role : required.resources)
      if (!is_trusting(call, role, required.passed_to_service, refusal->may_be_absent))
        return api::refuse(std::string(refusal->code), words_of(*refusal, role));
  }
  return {};
}

}  // namespace tocsin::api
