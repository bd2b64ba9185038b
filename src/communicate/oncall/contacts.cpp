// Contacts and channels: making, proving, removing.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "communicate/oncall/oncall.h"
#include "model/arn.h"

namespace tocsin::oncall {
namespace {
std::string code_hash(const Channel& channel, const std::string& code) { return to_hex(sha256(channel.arn + ':' + code)); }
}  // namespace

Result<Contact> OnCall::create_contact(Contact contact, const Tags& tags) {
  if (contact.type == ContactType::oncall_schedule)
    return fail(ErrorKind::unsupported, "ONCALL_SCHEDULE contacts and rotations are not offered yet");
  if (auto checked = check_plan(contact.type, plan_from(contact.plan)); !checked) return std::unexpected(checked.error());
  contact.arn = make_arn("ssm-contacts", contact.scope, "contact/" + contact.alias);
  if (contacts_.find(contact.scope, contact.arn))
    return fail(ErrorKind::already_exists, "Contact " + contact.arn + " already exists", "CONTACT");
  contacts_.insert(contact);
  contacts_.set_tags(contact.scope, contact.arn, tags);
  return contact;
}

Result<void> OnCall::delete_contact(const Contact& contact) {
  const auto users = contacts_.dependents(contact);
  if (!users.empty())
    return fail(ErrorKind::conflict, fmt::format("Contact {} is used by the plan of {}", contact.arn, users.front()), "CONTACT");
  contacts_.remove(contact);
  return {};
}

Result<Channel> OnCall::create_channel(Channel channel, bool defer_activation) {
  if (channel.type != "EMAIL")
    return fail(ErrorKind::unsupported,
                fmt::format("No {} gateway is configured on this server: only EMAIL channels can be created", channel.type));
  if (!is_mail_address(channel.address)) return fail(ErrorKind::invalid, "DeliveryAddress is not an e-mail address");
  const auto contact = contacts_.find(channel.scope, channel.contact_arn);
  if (!contact) return fail(ErrorKind::not_found, "Contact " + channel.contact_arn + " was not found", "CONTACT");
  for (const Channel& other : contacts_.channels(channel.scope, channel.contact_arn))
    if (other.name == channel.name)
      return fail(ErrorKind::already_exists, "A contact channel named " + channel.name + " already exists", "CONTACT_CHANNEL");
  channel.arn = make_arn("ssm-contacts", channel.scope, fmt::format("contact-channel/{}/{}", contact->alias, make_uuid_v4(random_)));
  channel.activated = false;
  contacts_.insert(channel);
  if (!defer_activation)
    if (auto sent = send_activation_code(channel); !sent) return std::unexpected(sent.error());
  return channel;
}

Result<void> OnCall::send_activation_code(const Channel& channel) {
  const std::string code = random_.letters("0123456789", 6);
  contacts_.set_code(channel, {code_hash(channel, code), state_.now() + activation_lifetime, 0});
  const std::string text = fmt::format(
      "Your activation code is {}\n\nIt activates this address for pages of {} and is good for 30 minutes:\n\n  aws ssm-contacts "
      "activate-contact-channel --contact-channel-id {} --activation-code {}\n\nIf you expect no pages from this server, ignore this "
      "mail.\n",
      code, name_of(channel.scope, channel.contact_arn), channel.arn, code);
  mail(channel.scope, "activation/" + make_uuid_v4(random_), channel.address, {{"subject", "Activation code " + code}, {"text", text}},
       {{"activation", channel.arn}});
  return {};
}

Result<void> OnCall::activate(Channel channel, const std::string& code) {
  auto expected = contacts_.code(channel);
  if (!expected || expected->expires <= state_.now() || expected->tries >= code_tries_max)
    return fail(ErrorKind::invalid, "The activation code has expired: send a new one");
  if (!equal_constant_time(expected->hash, code_hash(channel, code))) {
    ++expected->tries;
    // in a unit of its own: the caller's is undone by its refusal
    state_.submit([this, channel, counted = *expected]() -> Result<void> {
      contacts_.set_code(channel, counted);
      return {};
    });
    return fail(ErrorKind::invalid, "Invalid activation code");
  }
  channel.activated = true;
  contacts_.replace(channel);
  contacts_.set_code(channel, {"", {}, 0});
  return {};
}

void OnCall::deactivate(Channel channel) {
  channel.activated = false;
  contacts_.replace(channel);
}

}  // namespace tocsin::oncall
