#include "access/identities/role_assumption.h"

namespace tocsin::access {
namespace {

std::unexpected<Error> not_authorized(const std::string& who, const std::string& role_arn) {
  return fail(ErrorKind::denied, "User: " + who + " is not authorized to perform: sts:AssumeRole on resource: " + role_arn, "AccessDenied");
}

}  // namespace

Principal role_session(const Entity& role, const std::string& session_name) {
  return {.kind = PrincipalKind::assumed_role,
          .account = role.account,
          .arn = "arn:aws:sts::" + role.account + ":assumed-role/" + role.name + '/' + session_name,
          .principal_id = role.id + ':' + session_name,
          .name = role.name,
          .session_name = session_name};
}

Result<AssumedRole> RoleAssumption::assume(const Principal& caller, const std::string& role_arn, const std::string& session_name,
                                           ConditionContext context) {
  const auto name = role_of_arn(role_arn);
  AccessRequest request{.action = "sts:AssumeRole", .resource = role_arn, .principal = {}, .context = std::move(context)};
  request.context["sts:rolesessionname"] = {session_name};
  if (!name || !authorizer_.decide(caller, request).allowed()) return not_authorized(caller.arn, role_arn);
  auto role = identities_.find(EntityKind::role, name->account, name->name);
  if (!role) return not_authorized(caller.arn, role_arn);
  Principal principal = role_session(*role, session_name);
  return AssumedRole{std::move(principal), std::move(*role)};
}

Result<AssumedRole> RoleAssumption::assume_with_web_identity(const std::string& provider_arn, const std::string& role_arn,
                                                             const std::string& session_name, ConditionContext context) {
  const auto refused = [] { return fail(ErrorKind::denied, "Not authorized to perform sts:AssumeRoleWithWebIdentity", "AccessDenied"); };
  const auto name = role_of_arn(role_arn);
  if (!name) return refused();
  auto role = identities_.find(EntityKind::role, name->account, name->name);
  if (!role || role->arn() != role_arn) return refused();
  const auto trust = authorizer_.parsed(role->trust_policy, PolicyKind::trust);
  AccessRequest request{.action = "sts:AssumeRoleWithWebIdentity",
                        .resource = role_arn,
                        .principal = {.account = role->account, .arn = provider_arn, .role_arn = "", .is_federated = true},
                        .context = std::move(context)};
  request.context["sts:rolesessionname"] = {session_name};
  request.context["aws:federatedprovider"] = {provider_arn};
  if (!trust) return refused();
  if (const Verdict verdict = evaluate(*trust, request); !verdict.allowed || verdict.denied) return refused();
  Principal principal = role_session(*role, session_name);
  return AssumedRole{std::move(principal), std::move(*role)};
}

Result<Principal> RoleAssumption::assume_as_service(const std::string& account, const std::string& service, const std::string& role_arn,
                                                    const std::string& session_name) {
  const auto name = role_of_arn(role_arn);
  if (!name || name->account != account) return not_authorized(service, role_arn);
  const auto role = identities_.find(EntityKind::role, account, name->name);
  if (!role || role->arn() != role_arn || !authorizer_.trusts_service(*role, service)) return not_authorized(service, role_arn);
  return role_session(*role, session_name);
}

SessionCredentials RoleAssumption::issue_for_host(const std::string& account, const std::string& host_id, const std::string& role_name,
                                                  Duration lifetime) {
  Principal principal{.kind = PrincipalKind::host,
                      .account = account,
                      .arn = "arn:aws:sts::" + account + ":assumed-role/" + role_name + '/' + host_id,
                      .principal_id = host_id,
                      .name = role_name,
                      .session_name = host_id};
  return sessions_.issue({.principal = std::move(principal), .lifetime = lifetime, .policies = {}, .tags = {}, .source_identity = ""});
}

}  // namespace tocsin::access
