#include "access/identities/authorizer.h"

#include "model/arn.h"

namespace tocsin::access {
namespace {

constexpr std::size_t cache_entries_max = 2048;

std::string_view type_word(PrincipalKind kind) {
  switch (kind) {
    case PrincipalKind::root:
      return "Account";
    case PrincipalKind::user:
      return "User";
    case PrincipalKind::federated_user:
      return "FederatedUser";
    case PrincipalKind::assumed_role:
    case PrincipalKind::host:
      return "AssumedRole";
    case PrincipalKind::service:
    case PrincipalKind::ingest_key:
      return "Service";
  }
  return "";
}

// a federated user without a user behind it is one that the root made; its session's policies limit it
bool is_unlimited(const Principal& caller) {
  return caller.kind == PrincipalKind::root || caller.kind == PrincipalKind::service ||
         (caller.kind == PrincipalKind::federated_user && caller.name.empty() && caller.account.size() == 12);
}

/// All that a view of a caller is made of.
std::string key_of(const Principal& caller) {
  std::string key = std::to_string(static_cast<int>(caller.kind));
  for (const std::string* part : {&caller.account, &caller.arn, &caller.principal_id, &caller.name, &caller.access_key_id})
    key.append("\n").append(*part);
  return key.append("\n").append(std::to_string(to_ns(caller.session_started)));
}

}  // namespace

std::optional<RoleName> role_of_arn(const std::string& text) {
  const auto arn = parse_arn(text);
  if (!arn || arn->service != "iam" || !arn->resource.starts_with("role/")) return std::nullopt;
  return RoleName{arn->account, arn->resource.substr(arn->resource.rfind('/') + 1)};
}

std::shared_ptr<const Policy> Authorizer::parsed(const std::string& document, PolicyKind kind) {
  const std::string key = std::to_string(static_cast<int>(kind)) + document;
  if (const auto found = cache_.find(key); found != cache_.end()) return found->second;
  if (cache_.size() >= cache_entries_max) cache_.clear();
  auto policy = parse_policy(document, kind);
  auto shared = policy ? std::make_shared<const Policy>(std::move(*policy)) : nullptr;
  cache_.emplace(key, shared);
  return shared;
}

std::optional<Entity> Authorizer::entity_of(const Principal& caller) {
  const bool role = caller.kind == PrincipalKind::assumed_role || caller.kind == PrincipalKind::host;
  if (!role && caller.kind != PrincipalKind::user && caller.kind != PrincipalKind::federated_user) return std::nullopt;
  auto found = identities_.find(role ? EntityKind::role : EntityKind::user, caller.account, caller.name);
  if (!found) return std::nullopt;
  // a role that was made anew under the old name is another one; a host has its activation's role while that trusts the service
  if (caller.kind == PrincipalKind::assumed_role && !caller.principal_id.starts_with(found->id)) return std::nullopt;
  if (caller.kind == PrincipalKind::host && !trusts_service(*found, "ssm.amazonaws.com")) return std::nullopt;
  return std::move(*found);
}

std::vector<SourcedPolicy> Authorizer::policies_of(const Entity& entity) {
  std::vector<SourcedPolicy> out;
  const auto add = [&](const Entity& owner) {
    for (const auto& [source, document] : policies_.documents_of(owner))
      if (auto policy = parsed(document, PolicyKind::identity)) out.push_back({std::move(policy), source});
  };
  add(entity);
  if (entity.kind == EntityKind::user)
    for (const Entity& group : identities_.groups_of(entity)) add(group);
  return out;
}

PolicySet Authorizer::policies_of(const Principal& caller) {
  static const Policy nothing;
  PolicySet set;
  const auto entity = entity_of(caller);
  if (entity) {
    set.identity = policies_of(*entity);
    if (!entity->boundary_arn.empty()) {
      // a boundary that is gone allows nothing
      const auto document = policies_.document_of(entity->boundary_arn);
      auto policy = document ? parsed(*document, PolicyKind::identity) : nullptr;
      set.boundary = SourcedPolicy{policy ? std::move(policy) : std::make_shared<const Policy>(nothing), entity->boundary_arn};
    }
  }
  if (caller.kind == PrincipalKind::host) {
    const ShippedPolicy& core = *find_shipped_policy(host_core_policy);
    set.identity.push_back({parsed(std::string(core.document), PolicyKind::identity), std::string(host_core_policy)});
  }
  if (!caller.access_key_id.starts_with("ASIA")) return set;
  if (const auto session = sessions_.find(caller.access_key_id))
    for (const std::string& document : session->policies)
      if (auto policy = parsed(document, PolicyKind::identity)) set.session.push_back({std::move(policy), "session policy"});
  return set;
}

PrincipalFacts Authorizer::facts_of(const Principal& caller) {
  PrincipalFacts facts{caller.account, caller.arn, "", caller.kind == PrincipalKind::service};
  if (caller.kind == PrincipalKind::assumed_role || caller.kind == PrincipalKind::host)
    if (const auto role = entity_of(caller)) facts.role_arn = role->arn();
  return facts;
}

ConditionContext Authorizer::context_of(const Principal& caller) {
  ConditionContext out;
  const auto entity = entity_of(caller);
  const bool role = caller.kind == PrincipalKind::assumed_role || caller.kind == PrincipalKind::host;
  out["aws:principalarn"] = {role && entity ? entity->arn() : caller.arn};
  out["aws:principalaccount"] = {caller.account};
  out["aws:principaltype"] = {std::string(type_word(caller.kind))};
  out["aws:userid"] = {caller.principal_id};
  out["aws:principalisawsservice"] = {caller.kind == PrincipalKind::service ? "true" : "false"};
  if (caller.kind == PrincipalKind::user) out["aws:username"] = {caller.name};
  if (entity)
    for (const auto& [name, value] : entity->tags) out["aws:principaltag/" + lower_case(name)] = {value};
  if (!caller.access_key_id.starts_with("ASIA")) return out;
  out["aws:tokenissuetime"] = {std::to_string(to_seconds(caller.session_started))};
  out["aws:multifactorauthpresent"] = {"false"};
  const auto session = sessions_.find(caller.access_key_id);
  if (!session) return out;
  if (session->with_mfa) out["aws:multifactorauthpresent"] = {"true"};
  for (const auto& [name, value] : session->tags) out["aws:principaltag/" + lower_case(name)] = {value};
  if (!session->source_identity.empty()) out["aws:sourceidentity"] = {session->source_identity};
  return out;
}

void Authorizer::add_trust(const std::string& role_arn, PolicySet& set) {
  set.resource_must_allow = true;
  const auto name = role_of_arn(role_arn);
  if (!name) return;
  set.resource_account = name->account;
  const auto role = identities_.find(EntityKind::role, name->account, name->name);
  if (!role || role->arn() != role_arn) return;
  if (auto trust = parsed(role->trust_policy, PolicyKind::trust)) set.resource = SourcedPolicy{std::move(trust), role_arn};
}

Authorizer::CallerView Authorizer::view_of(const Principal& caller) {
  CallerView view{policies_of(caller), facts_of(caller), context_of(caller)};
  if (is_unlimited(caller))
    view.policies.identity.push_back(
        {parsed(std::string(find_shipped_policy("AdministratorAccess")->document), PolicyKind::identity), "root"});
  return view;
}

Decision Authorizer::decide(const Principal& caller, AccessRequest& request, const std::optional<ResourcePolicy>& resource_policy) {
  const auto view = callers_.get(key_of(caller), [&] { return view_of(caller); });
  request.principal = view->facts;
  request.context.insert(view->context.begin(), view->context.end());
  PolicySet set = view->policies;
  if (resource_policy) {
    set.resource_account = resource_policy->resource_account;
    if (auto policy = parsed(resource_policy->document, PolicyKind::resource))
      set.resource = SourcedPolicy{std::move(policy), "resource policy"};
  }
  if (lower_case(request.action) == "sts:assumerole") add_trust(request.resource, set);
  return access::decide(set, request);
}

bool Authorizer::trusts_service(const Entity& role, const std::string& service) {
  const auto trust = parsed(role.trust_policy, PolicyKind::trust);
  if (!trust) return false;
  AccessRequest request{.action = "sts:AssumeRole", .resource = role.arn(), .principal = {role.account, service, "", true}, .context = {}};
  request.context["aws:sourceaccount"] = {role.account};
  const Verdict verdict = evaluate(*trust, request);
  return verdict.allowed && !verdict.denied;
}

}  // namespace tocsin::access
