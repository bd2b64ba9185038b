#include "server/node/resource_guard.h"

#include "model/arn.h"
#include "server/node/rooms.h"

namespace tocsin::server {
namespace {

using access::ResourcePolicy;
constexpr const char* alarms_service = "cloudwatch.amazonaws.com";

access::AccessRequest request_of(const ServiceAct& act, const std::string& source_account) {
  access::AccessRequest request{
      .action = act.action, .resource = act.resource_arn, .principal = {source_account, act.service, "", true}, .context = {}};
  request.context["aws:sourcearn"] = {act.source_arn};
  request.context["aws:sourceaccount"] = {source_account};
  request.context["aws:sourceowner"] = {source_account};
  request.context["aws:principalisawsservice"] = {"true"};
  request.context["aws:principalservicename"] = {act.service};
  return request;
}

/// Alarms publish for their account: the policy that a topic has by itself names the account as the source's owner, and no service.
access::AccessRequest for_its_account(access::AccessRequest request, const std::string& account) {
  request.principal = {account, "arn:aws:iam::" + account + ":root", "", false};
  request.context["aws:principalisawsservice"] = {"false"};
  return request;
}

}  // namespace

std::optional<ResourcePolicy> ResourceGuard::policy_of(const std::string& resource_arn) {
  const auto arn = parse_arn(resource_arn);
  if (!arn) return std::nullopt;
  if (arn->service == "sns") {
    // the policy that a topic has by itself lets in what its own account's services do, and nobody else: see admit
    const auto topic = rooms_.topics.find_topic(resource_arn);
    return topic ? std::optional(ResourcePolicy{topic->attribute("Policy"), arn->account}) : std::nullopt;
  }
  if (arn->service == "sqs") {
    const auto queue = rooms_.queues.find(resource_arn);
    return queue ? std::optional(ResourcePolicy{queue->attributes.value("Policy"), arn->account}) : std::nullopt;
  }
  if (arn->service == "s3") {
    const auto bucket = rooms_.objects.find_bucket(arn->resource.substr(0, arn->resource.find('/')));
    return bucket ? std::optional(ResourcePolicy{bucket->policy, bucket->account}) : std::nullopt;
  }
  constexpr std::string_view bus = "event-bus/";
  if (arn->service == "events" && arn->resource.starts_with(bus))
    return ResourcePolicy{rooms_.rules.bus_policy({arn->account, arn->region}, arn->resource.substr(bus.size())), arn->account};
  return std::nullopt;
}

// the role must let the service in, and may then what its policies and the resource's say
Result<void> ResourceGuard::admit_as_role(const ServiceAct& act, const std::string& account) {
  const auto role =
      rooms_.roles.assume_as_service(account, act.service, act.role_arn, "tocsin-" + act.service.substr(0, act.service.find('.')));
  if (!role) return std::unexpected(role.error());
  access::AccessRequest request{.action = act.action, .resource = act.resource_arn, .principal = {}, .context = {}};
  request.context["aws:sourcearn"] = {act.source_arn};
  const access::Decision decision = rooms_.authorizer.decide(*role, request, policy_of(act.resource_arn));
  if (decision.allowed()) return {};
  return fail(ErrorKind::denied, access::denial_words(decision, request), "AccessDenied");
}

Result<void> ResourceGuard::admit(const ServiceAct& act) {
  const auto source = parse_arn(act.source_arn);
  const std::string source_account = source ? source->account : "";
  if (!act.role_arn.empty()) return admit_as_role(act, source_account);
  const auto policy = policy_of(act.resource_arn);
  if (!policy) return {};  // what is not there is told by whoever looks for it
  const bool is_alarm = act.service == alarms_service;
  if (policy->document.empty() && source_account == policy->resource_account && (is_alarm || rooms_.ground.config.dev)) return {};
  const auto parsed = rooms_.authorizer.parsed(policy->document, access::PolicyKind::resource);
  const access::AccessRequest request = request_of(act, source_account);
  if (parsed) {
    access::Verdict verdict = access::evaluate(*parsed, request);
    if (is_alarm) {
      const access::Verdict of_account = access::evaluate(*parsed, for_its_account(request, source_account));
      verdict.allowed |= of_account.allowed;
      verdict.denied |= of_account.denied;
    }
    if (verdict.allowed && !verdict.denied) return {};
  }
  return fail(ErrorKind::denied,
              act.service + " is not authorized to perform: " + act.action + " on resource: " + act.resource_arn +
                  " because no resource-based policy allows the " + act.action + " action",
              "AccessDenied");
}

Result<void> ResourceGuard::admit_account(const ServiceAct& act) {
  const auto source = parse_arn(act.source_arn);
  const std::string source_account = source ? source->account : "";
  const auto policy = policy_of(act.resource_arn);
  if (!policy || source_account == policy->resource_account) return {};
  if (const auto parsed = rooms_.authorizer.parsed(policy->document, access::PolicyKind::resource)) {
    const access::Verdict verdict = access::evaluate(*parsed, for_its_account(request_of(act, source_account), source_account));
    if (verdict.allowed && !verdict.denied) return {};
  }
  return fail(ErrorKind::denied,
              "arn:aws:iam::" + source_account + ":root is not authorized to perform: " + act.action + " on resource: " + act.resource_arn +
                  " because no resource-based policy allows the " + act.action + " action",
              "NO_PERMISSIONS");
}

}  // namespace tocsin::server
