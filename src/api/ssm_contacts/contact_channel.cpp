#include <boost/json.hpp>

#include "api/ssm_contacts/answers.h"
#include "api/ssm_contacts/operations.h"

namespace tocsin::api::ssm_contacts {
namespace {

Object document_of(const oncall::Channel& channel) {
  return {{"ContactArn", channel.contact_arn},
          {"ContactChannelArn", channel.arn},
          {"Name", channel.name},
          {"Type", channel.type},
          {"DeliveryAddress", Object{{"SimpleAddress", channel.address}}},
          {"ActivationStatus", channel.activated ? "ACTIVATED" : "NOT_ACTIVATED"}};
}

}  // namespace

Reply create_contact_channel(OnCall& oncall, const Call& call) {
  const std::string token = text_or(call.input, "IdempotencyToken");
  if (const auto known = oncall.contacts().outcome_of(call.scope, call.operation, token)) return Object{{"ContactChannelArn", *known}};
  oncall::Channel channel{.scope = call.scope, .contact_arn = text_or(call.input, "ContactId"), .name = text_or(call.input, "Name")};
  channel.type = text_or(call.input, "Type");
  channel.address = text_or(object_at(call.input, "DeliveryAddress"), "SimpleAddress");
  const auto made = oncall.create_channel(channel, truth_or(call.input, "DeferActivation", false));
  if (!made) return refuse_with(made.error(), channel.contact_arn);
  oncall.contacts().record_outcome(call.scope, call.operation, token, made->arn);
  return Object{{"ContactChannelArn", made->arn}};
}

Reply get_contact_channel(OnCall& oncall, const Call& call) {
  const auto channel = named_channel(oncall, call);
  if (!channel) return std::unexpected(channel.error());
  return document_of(*channel);
}

Reply update_contact_channel(OnCall& oncall, const Call& call) {
  auto channel = named_channel(oncall, call);
  if (!channel) return std::unexpected(channel.error());
  if (const auto name = text_at(call.input, "Name")) channel->name = *name;
  const std::string address = text_or(object_at(call.input, "DeliveryAddress"), "SimpleAddress", channel->address);
  // a new address has proved nothing yet
  if (address != channel->address) channel->activated = false;
  channel->address = address;
  if (auto checked = oncall.check_address(*channel); !checked) return refuse_with(checked.error(), channel->arn);
  oncall.contacts().replace(*channel);
  return Object{};
}

Reply delete_contact_channel(OnCall& oncall, const Call& call) {
  const auto channel = named_channel(oncall, call);
  if (!channel) return std::unexpected(channel.error());
  oncall.contacts().remove(*channel);
  return Object{};
}

Reply list_contact_channels(OnCall& oncall, const ListTokens& tokens, const Call& call) {
  const auto contact = named_contact(oncall, call);
  if (!contact) return std::unexpected(contact.error());
  const auto from = page_start(tokens, call);
  if (!from) return std::unexpected(from.error());
  Array all;
  for (const auto& channel : oncall.contacts().channels(call.scope, contact->arn)) all.push_back(document_of(channel));
  Object out;
  Array page = page_of(tokens, call, *from, std::move(all), out);
  out["ContactChannels"] = std::move(page);
  return out;
}

Reply send_activation_code(OnCall& oncall, const Call& call) {
  const auto channel = named_channel(oncall, call);
  if (!channel) return std::unexpected(channel.error());
  if (auto sent = oncall.send_activation_code(*channel); !sent) return refuse_with(sent.error(), channel->arn);
  return Object{};
}

Reply activate_contact_channel(OnCall& oncall, const Call& call) {
  const auto channel = named_channel(oncall, call);
  if (!channel) return std::unexpected(channel.error());
  if (auto done = oncall.activate(*channel, text_or(call.input, "ActivationCode")); !done)
    return invalid(done.error().message, "ActivationCode");
  return Object{};
}

Reply deactivate_contact_channel(OnCall& oncall, const Call& call) {
  const auto channel = named_channel(oncall, call);
  if (!channel) return std::unexpected(channel.error());
  oncall.deactivate(*channel);
  return Object{};
}

}  // namespace tocsin::api::ssm_contacts
