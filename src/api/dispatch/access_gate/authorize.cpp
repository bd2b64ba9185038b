#include "access/permissions/required_permission.h"
#include "api/dispatch/access_gate/access_gate.h"
#include "base/text_time.h"
#include "model/arn.h"

namespace tocsin::api {
namespace {

bool needs_no_permission(const Call& call) {
  return call.service == "sts" && (call.operation == "GetCallerIdentity" || call.operation == "GetSessionToken");
}

access::ConditionContext context_of(const Call& call) {
  access::ConditionContext out = access::context_of_input(call.service, call.input);
  out["aws:sourceip"] = {call.source_ip};
  out["aws:useragent"] = {call.user_agent};
  out["aws:currenttime"] = {to_rfc3339(call.now)};
  out["aws:epochtime"] = {std::to_string(to_seconds(call.now))};
  out["aws:securetransport"] = {call.base_url.starts_with("https://") ? "true" : "false"};
  out["aws:requestedregion"] = {call.scope.region};
  out["aws:viaawsservice"] = {"false"};
  return out;
}

// SNS writes its own name large
std::string words_of(const access::Decision& decision, access::AccessRequest request) {
  if (request.action.starts_with("sns:")) request.action.replace(0, 3, "SNS");
  if (request.action == "sts:AssumeRole")
    return "User: " + request.principal.arn + " is not authorized to perform: sts:AssumeRole on resource: " + request.resource;
  return access::denial_words(decision, request);
}

}  // namespace

std::string AccessGate::existing_entity(const Call& call, const std::string& resource) {
  if (call.service != "iam") return resource;
  if (resource == "*" && call.principal.kind == PrincipalKind::user && !find(call.input, "PolicyArn")) {
    // most operations on a user mean the caller when they name none
    const bool about_caller = call.operation.ends_with("AccessKey") || call.operation.ends_with("AccessKeys") ||
                              call.operation == "GetUser" || call.operation == "ChangePassword";
    return about_caller ? call.principal.arn : resource;
  }
  const auto arn = parse_arn(resource);
  if (!arn || arn->account != call.scope.account) return resource;
  const std::string name = arn->resource.substr(arn->resource.rfind('/') + 1);
  for (const access::EntityKind kind : {access::EntityKind::user, access::EntityKind::group, access::EntityKind::role}) {
    if (!arn->resource.starts_with(std::string(access::to_text(kind)) + '/')) continue;
    const auto entity = identities_.find(kind, call.scope.account, name);
    if (entity && !call.operation.starts_with("Create")) return entity->arn();
  }
  return resource;
}

std::expected<void, ServiceError> AccessGate::authorize(const Call& call) {
  if (needs_no_permission(call)) return {};
  const access::ConditionContext context = context_of(call);
  for (const access::RequiredPermission& required : access::required_permissions(call.service, call.operation, call.input, call.scope)) {
    for (const std::string& resource : required.resources) {
      access::AccessRequest request{
          .action = required.action, .resource = existing_entity(call, resource), .principal = {}, .context = context};
      if (const auto arn = parse_arn(request.resource)) request.context["aws:resourceaccount"] = {arn->account};
      if (!required.passed_to_service.empty()) request.context["iam:passedtoservice"] = {required.passed_to_service};
      std::optional<access::ResourcePolicy> policy;
      if (resource_policies_ && required.passed_to_service.empty()) policy = resource_policies_(call, request.resource);
      const access::Decision decision = authorizer_.decide(call.principal, request, policy);
      if (decision.allowed()) continue;
      return api::refuse("AccessDenied", words_of(decision, request));
    }
  }
  return {};
}

}  // namespace tocsin::api
