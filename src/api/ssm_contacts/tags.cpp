#include <boost/json.hpp>

#include "api/ssm_contacts/answers.h"
#include "api/ssm_contacts/operations.h"

namespace tocsin::api::ssm_contacts {
namespace {
constexpr std::size_t tags_max = 50;
}

Reply tag_resource(OnCall& oncall, const Call& call) {
  const auto contact = named_contact(oncall, call, "ResourceARN");
  if (!contact) return std::unexpected(contact.error());
  auto tags = oncall.contacts().tags(call.scope, contact->arn);
  for (const auto& [key, value] : tags_of(call.input, "Tags")) tags[key] = value;
  if (tags.size() > tags_max) return invalid("A resource has at most 50 tags", "Tags");
  oncall.contacts().set_tags(call.scope, contact->arn, tags);
  return Object{};
}

Reply untag_resource(OnCall& oncall, const Call& call) {
  const auto contact = named_contact(oncall, call, "ResourceARN");
  if (!contact) return std::unexpected(contact.error());
  auto tags = oncall.contacts().tags(call.scope, contact->arn);
  for (const Document& key : array_at(call.input, "TagKeys")) tags.erase(std::string(key.as_string()));
  oncall.contacts().set_tags(call.scope, contact->arn, tags);
  return Object{};
}

Reply list_tags_for_resource(OnCall& oncall, const Call& call) {
  const auto contact = named_contact(oncall, call, "ResourceARN");
  if (!contact) return std::unexpected(contact.error());
  Array tags;
  for (const auto& [key, value] : oncall.contacts().tags(call.scope, contact->arn)) tags.push_back(Object{{"Key", key}, {"Value", value}});
  return Object{{"Tags", std::move(tags)}};
}

}  // namespace tocsin::api::ssm_contacts
