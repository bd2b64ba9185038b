// Which context keys policies ask for.
#include <algorithm>
#include <boost/json.hpp>

#include "api/iam/operations.h"
#include "model/arn.h"

namespace tocsin::api::iam {
namespace {

/// Keys in the order in which they appear, once each.
class Keys {
 public:
  void add(const access::Policy& policy) {
    for (const access::Statement& statement : policy.statements) {
      if (policy.has_variables())
        for (const std::string& resource : statement.resources.values) add_variables(resource);
      for (const access::Condition& condition : statement.conditions) {
        add(condition.key);
        if (policy.has_variables())
          for (const std::string& value : condition.values) add_variables(value);
      }
    }
  }
  Array names() const { return Array(names_.begin(), names_.end()); }

 private:
  void add(const std::string& name) {
    const bool is_known =
        std::any_of(names_.begin(), names_.end(), [&](const std::string& each) { return lower_case(each) == lower_case(name); });
    if (!is_known) names_.push_back(name);
  }
  // ${aws:username}, ${aws:PrincipalTag/team, 'none'}; not ${*}, ${?}, ${$}
  void add_variables(const std::string& text) {
    for (std::size_t at = text.find("${"); at != std::string::npos; at = text.find("${", at + 2)) {
      const std::size_t end = text.find('}', at);
      if (end == std::string::npos) return;
      const std::string inside = text.substr(at + 2, end - at - 2), name = inside.substr(0, inside.find(','));
      if (name.size() > 1) add(name);
    }
  }

  std::vector<std::string> names_;
};

std::expected<void, ServiceError> add_inputs(const Call& call, Keys& keys) {
  for (const Document& text : array_at(call.input, "PolicyInputList")) {
    const auto policy = access::parse_policy(std::string(text.as_string()), access::PolicyKind::identity);
    if (!policy) return refuse("InvalidInputException", policy.error().message);
    keys.add(*policy);
  }
  return {};
}

/// The user, group or role that an ARN of the account names.
std::expected<Entity, ServiceError> entity_by_arn(const IamRooms& rooms, const Call& call, const std::string& text) {
  const auto arn = parse_arn(text);
  if (arn && arn->service == "iam" && arn->account == call.scope.account)
    for (const EntityKind kind : {EntityKind::user, EntityKind::group, EntityKind::role})
      if (arn->resource.starts_with(std::string(access::to_text(kind)) + '/'))
        if (auto found = rooms.identities.find(kind, arn->account, arn->resource.substr(arn->resource.rfind('/') + 1));
            found && found->arn() == text)
          return std::move(*found);
  return refuse("NoSuchEntityException", "The entity " + text + " cannot be found.");
}

/// Whether a statement can allow something of the service.
bool grants(const access::Policy& policy, const std::string& service) {
  return std::any_of(policy.statements.begin(), policy.statements.end(), [&](const access::Statement& statement) {
    if (statement.effect != access::Effect::allow) return false;
    if (statement.actions.all_but) return true;
    return std::any_of(statement.actions.values.begin(), statement.actions.values.end(), [&](const std::string& action) {
      const auto colon = action.find(':');
      return colon == std::string::npos ? action == "*" : access::Wildcard(action.substr(0, colon)).matches(service, true);
    });
  });
}

void add_granting(const IamRooms& rooms, const Entity& owner, const Entity& asked, const std::string& service, Array& out) {
  const auto allows = [&](const std::string& document) {
    const auto policy = rooms.authorizer.parsed(document, access::PolicyKind::identity);
    return policy && grants(*policy, service);
  };
  for (const access::Attachment& attachment : rooms.policies.attached(owner))
    if (const auto document = rooms.policies.document_of(attachment.policy_arn); document && allows(*document))
      out.push_back(Object{{"PolicyName", attachment.policy_name}, {"PolicyType", "MANAGED"}, {"PolicyArn", attachment.policy_arn}});
  for (const std::string& name : rooms.policies.inline_names(owner)) {
    const auto document = rooms.policies.inline_document(owner, name);
    if (!document || !allows(*document)) continue;
    Object found{{"PolicyName", name}, {"PolicyType", "INLINE"}};
    std::string kind(access::to_text(owner.kind));
    for (char& c : kind) c = static_cast<char>(c - 'a' + 'A');
    found["EntityType"] = kind;
    found["EntityName"] = owner.name;
    out.push_back(std::move(found));
  }
  if (owner.kind == EntityKind::user && owner.id == asked.id)
    for (const Entity& group : rooms.identities.groups_of(owner)) add_granting(rooms, group, asked, service, out);
}

}  // namespace

Reply get_context_keys_for_custom_policy(const IamRooms&, const Call& call) {
  Keys keys;
  if (auto added = add_inputs(call, keys); !added) return std::unexpected(added.error());
  return Object{{"ContextKeyNames", keys.names()}};
}

Reply get_context_keys_for_principal_policy(const IamRooms& rooms, const Call& call) {
  const auto entity = entity_by_arn(rooms, call, text_or(call.input, "PolicySourceArn"));
  if (!entity) return std::unexpected(entity.error());
  Keys keys;
  for (const access::SourcedPolicy& sourced : rooms.authorizer.policies_of(*entity)) keys.add(*sourced.policy);
  if (auto added = add_inputs(call, keys); !added) return std::unexpected(added.error());
  return Object{{"ContextKeyNames", keys.names()}};
}

Reply list_policies_granting_service_access(const IamRooms& rooms, const Call& call) {
  const auto entity = entity_by_arn(rooms, call, text_or(call.input, "Arn"));
  if (!entity) return std::unexpected(entity.error());
  Array services;
  for (const Document& service : array_at(call.input, "ServiceNamespaces")) {
    Array policies;
    add_granting(rooms, *entity, *entity, std::string(service.as_string()), policies);
    services.push_back(Object{{"ServiceNamespace", service}, {"Policies", std::move(policies)}});
  }
  return Object{{"PoliciesGrantingServiceAccess", std::move(services)}, {"IsTruncated", false}};
}

}  // namespace tocsin::api::iam
