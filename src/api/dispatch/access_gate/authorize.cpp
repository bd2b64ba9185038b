#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "access/credentials/authorization_message.h"
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
  access::ConditionContext out = access::context_of_input(call.service, call.operation, call.input);
  out["aws:sourceip"] = {call.source_ip};
  out["aws:useragent"] = {call.user_agent};
  out["aws:currenttime"] = {to_rfc3339(call.now)};
  out["aws:epochtime"] = {std::to_string(to_seconds(call.now))};
  out["aws:securetransport"] = {call.base_url.starts_with("https://") ? "true" : "false"};
  out["aws:requestedregion"] = {call.scope.region};
  out["aws:viaawsservice"] = {"false"};
  return out;
}

bool is_account(std::string_view text) {
  return text.size() == 12 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-customer-managed-policy-examples.html
bool may_cross_accounts(const std::string& action) {
  constexpr std::array<std::string_view, 10> own_account_only{
      "sqs:AddPermission", "sqs:RemovePermission", "sqs:CreateQueue", "sqs:DeleteQueue",        "sqs:ListQueues",
      "sqs:ListQueueTags", "sqs:TagQueue",         "sqs:UntagQueue",  "sqs:SetQueueAttributes", "sqs:StartMessageMoveTask"};
  return std::find(own_account_only.begin(), own_account_only.end(), action) == own_account_only.end();
}

// SNS writes its own name large
std::string words_of(const access::Decision& decision, access::AccessRequest request) {
  if (request.action.starts_with("sns:")) request.action.replace(0, 3, "SNS");
  if (request.action == "sts:AssumeRole")
    return "User: " + request.principal.arn + " is not authorized to perform: sts:AssumeRole on resource: " + request.resource;
  return access::denial_words(decision, request);
}

// https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
Document message_of(const Call& call, const access::Decision& decision, const access::AccessRequest& request) {
  Array matched, conditions;
  for (const auto& [source, index] : decision.matched) matched.push_back(Object{{"sourcePolicyId", source}, {"statementIndex", index}});
  for (const auto& [key, values] : request.context) {
    Array items;
    for (const std::string& value : values) items.push_back(Object{{"value", value}});
    conditions.push_back(Object{{"key", key}, {"values", Object{{"items", std::move(items)}}}});
  }
  return Object{
      {"allowed", false},
      {"explicitDeny", decision.outcome == access::Decision::Outcome::explicitly_denied},
      {"matchedStatements", Object{{"items", std::move(matched)}}},
      {"failures", Object{{"items", Array{}}}},
      {"context",
       Object{{"principal", Object{{"id", call.principal.principal_id}, {"name", call.principal.name}, {"arn", call.principal.arn}}},
              {"action", request.action},
              {"resource", request.resource},
              {"conditions", Object{{"items", std::move(conditions)}}}}}};
}

}  // namespace

std::unexpected<ServiceError> AccessGate::refused_by_ec2(const Call& call, const access::Decision& decision,
                                                         const access::AccessRequest& request) const {
  std::string words = "You are not authorized to perform this operation. " + words_of(decision, request);
  if (settings_.secrets)
    words += ". Encoded authorization failure message: " +
             access::seal_authorization_message(*settings_.secrets, call.scope.account, to_json(message_of(call, decision, request)));
  return api::refuse("UnauthorizedOperation", std::move(words), 403);
}

std::string AccessGate::existing_entity(const Call& call, const std::string& resource) {
  if (call.service != "iam") return resource;
  // whose key it is
  if (call.operation == "GetAccessKeyLastUsed")
    if (const auto key = keys_.find(text_or(call.input, "AccessKeyId")); key && !key->user_name.empty())
      if (const auto user = identities_.find(access::EntityKind::user, key->account, key->user_name)) return user->arn();
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

std::optional<access::ResourcePolicy> AccessGate::policy_of(const Call& call, const access::AccessRequest& request) {
  // a role says itself who may assume it; a passed one must be the account's own
  if (request.action == "sts:AssumeRole" || request.context.contains("iam:passedtoservice")) return std::nullopt;
  const auto arn = parse_arn(request.resource);
  if (!arn) return std::nullopt;
  const bool is_foreign =
      is_account(arn->account) && arn->account != call.principal.account && call.principal.kind != PrincipalKind::service;
  if (is_foreign && !may_cross_accounts(request.action)) return access::ResourcePolicy{"", arn->account};
  std::optional<access::ResourcePolicy> policy;
  if (resource_policies_) policy = resource_policies_(call, request.resource);
  if (!policy && is_foreign) policy = access::ResourcePolicy{"", arn->account};
  return policy;
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
      const access::Decision decision = authorizer_.decide(call.principal, request, policy_of(call, request));
      if (decision.allowed()) continue;
      if (call.service == "ec2") return refused_by_ec2(call, decision, request);
      return api::refuse("AccessDenied", words_of(decision, request));
    }
  }
  return {};
}

}  // namespace tocsin::api
