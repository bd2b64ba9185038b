#include <boost/json.hpp>

#include "api/ssm_contacts/answers.h"
#include "api/ssm_contacts/operations.h"

namespace tocsin::api::ssm_contacts {
namespace {

Object summary_of(const oncall::Contact& contact) {
  Object out{{"ContactArn", contact.arn}, {"Alias", contact.alias}, {"Type", oncall::to_text(contact.type)}};
  if (!contact.display_name.empty()) out["DisplayName"] = contact.display_name;
  return out;
}

// a plan may be made before its channels are, but not with those of somebody else
std::expected<void, ServiceError> check_targets(OnCall& oncall, const oncall::Contact& contact) {
  const oncall::Plan plan = oncall::plan_from(contact.plan);
  for (const oncall::Stage& stage : plan.stages) {
    for (const oncall::Target& target : stage.targets) {
      if (!target.contact_arn.empty() && !oncall.contacts().find(contact.scope, target.contact_arn))
        return invalid("The plan names a contact that does not exist: " + target.contact_arn, "Plan");
      if (target.channel_arn.empty()) continue;
      const auto channel = oncall.contacts().find_channel(contact.scope, target.channel_arn);
      if (!channel || channel->contact_arn != contact.arn)
        return invalid("The plan names a contact channel that is not one of this contact: " + target.channel_arn, "Plan");
    }
  }
  return {};
}

// nothing but a 501 for what has no engine behind it
bool names_rotations(const Document& input) { return !array_at(object_at(input, "Plan"), "RotationIds").empty(); }

std::unexpected<ServiceError> no_rotations() {
  return refuse("NotImplementedException", "ONCALL_SCHEDULE contacts and rotations are not offered by this server", 501);
}

}  // namespace

Reply create_contact(OnCall& oncall, const Call& call) {
  const std::string token = text_or(call.input, "IdempotencyToken");
  if (const auto known = oncall.contacts().outcome_of(call.scope, call.operation, token)) return Object{{"ContactArn", *known}};
  oncall::Contact contact{.scope = call.scope, .alias = text_or(call.input, "Alias"), .display_name = text_or(call.input, "DisplayName")};
  contact.type = oncall::contact_type_from(text_or(call.input, "Type")).value_or(oncall::ContactType::personal);
  contact.plan = object_at(call.input, "Plan");
  if (contact.type == oncall::ContactType::oncall_schedule || names_rotations(call.input)) return no_rotations();
  const auto made = oncall.create_contact(contact, tags_of(call.input, "Tags"));
  if (!made) return refuse_with(made.error(), contact.alias);
  if (auto checked = check_targets(oncall, *made); !checked) return std::unexpected(checked.error());
  oncall.contacts().record_outcome(call.scope, call.operation, token, made->arn);
  return Object{{"ContactArn", made->arn}};
}

Reply get_contact(OnCall& oncall, const Call& call) {
  const auto contact = named_contact(oncall, call);
  if (!contact) return std::unexpected(contact.error());
  Object out = summary_of(*contact);
  out["Plan"] = contact->plan;
  return out;
}

Reply update_contact(OnCall& oncall, const Call& call) {
  auto contact = named_contact(oncall, call);
  if (!contact) return std::unexpected(contact.error());
  if (names_rotations(call.input)) return no_rotations();
  if (const auto name = text_at(call.input, "DisplayName")) contact->display_name = *name;
  if (find(call.input, "Plan")) contact->plan = object_at(call.input, "Plan");
  if (auto checked = oncall::check_plan(contact->type, oncall::plan_from(contact->plan)); !checked) return refuse_with(checked.error());
  if (auto checked = check_targets(oncall, *contact); !checked) return std::unexpected(checked.error());
  oncall.contacts().replace(*contact);
  return Object{};
}

Reply delete_contact(OnCall& oncall, const Call& call) {
  const auto contact = named_contact(oncall, call);
  if (!contact) return std::unexpected(contact.error());
  if (auto deleted = oncall.delete_contact(*contact); !deleted) return refuse_with(deleted.error(), contact->arn);
  return Object{};
}

Reply list_contacts(OnCall& oncall, const ListTokens& tokens, const Call& call) {
  const auto from = page_start(tokens, call);
  if (!from) return std::unexpected(from.error());
  const std::string prefix = text_or(call.input, "AliasPrefix"), type = text_or(call.input, "Type");
  Array all;
  for (const auto& contact : oncall.contacts().list(call.scope, "", 100000)) {
    const bool wanted = contact.alias.starts_with(prefix) && (type.empty() || oncall::to_text(contact.type) == type);
    if (wanted) all.push_back(summary_of(contact));
  }
  Object out;
  Array page = page_of(tokens, call, *from, std::move(all), out);
  out["Contacts"] = std::move(page);
  return out;
}

}  // namespace tocsin::api::ssm_contacts
