// Contacts and channels: making, proving, removing.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "communicate/oncall/oncall.h"
#include "communicate/oncall/page_texts.h"
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
  if (auto checked = check_address(channel); !checked) return std::unexpected(checked.error());
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

Result<void> OnCall::check_address(const Channel& channel) const {
  const auto can = [&](const std::string& way) { return settings_.can_send && settings_.can_send(way); };
  if (channel.type == "SMS" || channel.type == "VOICE") {
    if (!can(channel.type == "SMS" ? "sms" : "voice"))
      return fail(ErrorKind::unsupported, fmt::format("No {} gateway is configured on this server: see the setting '{}'", channel.type,
                                                      channel.type == "SMS" ? "sms" : "voice"));
    if (!is_phone_number(channel.address))
      return fail(ErrorKind::invalid, "DeliveryAddress is not a phone number in E.164 form, such as +491701234567");
    return {};
  }
  if (is_mail_address(channel.address)) return {};
  const std::size_t colon = channel.address.find(':');
  if (colon == std::string::npos || colon == 0) return fail(ErrorKind::invalid, "DeliveryAddress is not an e-mail address");
  const std::string name = channel.address.substr(0, colon);
  if (name == "webpush" ? can("web-push") : can("push:" + name)) return {};
  return fail(ErrorKind::invalid,
              fmt::format("DeliveryAddress is neither an e-mail address nor one of push: no setting 'push' names '{}'", name));
}

void OnCall::take_browser(Channel channel, const Document& subscription) {
  outgoing_.set_browser(channel.arn, subscription);
  channel.activated = true;
  contacts_.replace(channel);
  contacts_.set_code(channel, {"", {}, 0});
}

Result<void> OnCall::send_activation_code(const Channel& channel) {
  const bool browser = channel.way() == Way::web_push;
  const std::string code = browser ? make_secret(random_) : random_.letters("0123456789", 6);
  const std::string name = name_of(channel.scope, channel.contact_arn);
  Message message;
  Channel through = channel;
  if (browser) {
    const auto other = first_channel(channel.scope, channel.contact_arn);
    if (!other || other->way() == Way::voice)
      return fail(ErrorKind::conflict, "The link for a browser is sent by another channel of the contact: activate one first",
                  "CONTACT_CHANNEL");
    through = *other;
    engagements_.add_secret(Page{.scope = channel.scope, .arn = channel.arn}, code, EngagementStore::SecretKind::browser,
                            state_.now() + activation_lifetime);
    message.url = settings_.public_url() + "/push/" + code;
    message.mail = {"Push messages in your browser",
                    "Open this link in the browser that is to show pages of " + name + ", within 30 minutes:\n" + message.url + "\n", ""};
    message.sms = "Open in the browser that is to show your pages: " + message.url;
    message.title = message.mail.subject;
    message.text = "Open this on the device that is to show pages of " + name + ".";
  } else {
    contacts_.set_code(channel, {code_hash(channel, code), state_.now() + activation_lifetime, 0});
    message.mail.subject = "Activation code " + code;
    message.mail.text = fmt::format(
        "Your activation code is {}\n\nIt activates this address for pages of {} and is good for 30 minutes:\n\n  aws ssm-contacts "
        "activate-contact-channel --contact-channel-id {} --activation-code {}\n\nIf you expect no pages from this server, ignore this "
        "mail.\n",
        code, name, channel.arn, code);
    message.sms =
        page_sms(settings_.templates,
                 {{"what", fmt::format("Your activation code for pages of {} is {}, good for 30 minutes", name, code)}}, "chat.opened");
    std::string spoken;
    for (const char digit : code) spoken += std::string(1, digit) + ", ";
    message.say = fmt::format("This is Tocsin. Your activation code for pages of {} is: {}", name, spoken);
    message.title = message.mail.subject;
    message.text = "It activates pages of " + name + " and is good for 30 minutes.";
  }
  message.urgency = "normal";
  dispatch("activation/" + make_uuid_v4(random_), through, message, {{"activation", channel.arn}});
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
