#include "communicate/oncall/contact.h"

#include <algorithm>
#include <boost/json.hpp>

namespace tocsin::oncall {
namespace {

Target target_from(const Document& document) {
  Target out;
  const Document channel = object_at(document, "ChannelTargetInfo"), contact = object_at(document, "ContactTargetInfo");
  out.channel_arn = text_or(channel, "ContactChannelId");
  out.retry_interval = std::chrono::minutes(integer_or(channel, "RetryIntervalInMinutes", 0));
  out.contact_arn = text_or(contact, "ContactId");
  out.essential = truth_or(contact, "IsEssential", true);
  return out;
}

Result<void> check_target(ContactType type, const Target& target) {
  if (target.channel_arn.empty() == target.contact_arn.empty())
    return fail(ErrorKind::invalid, "A target names either a contact channel or a contact");
  if (type == ContactType::personal && target.channel_arn.empty())
    return fail(ErrorKind::invalid, "The plan of a PERSONAL contact engages its contact channels only");
  if (type == ContactType::escalation && target.contact_arn.empty())
    return fail(ErrorKind::invalid, "The plan of an ESCALATION contact engages contacts only");
  return {};
}

}  // namespace

std::string_view to_text(ContactType type) {
  switch (type) {
    case ContactType::personal:
      return "PERSONAL";
    case ContactType::escalation:
      return "ESCALATION";
    case ContactType::oncall_schedule:
      return "ONCALL_SCHEDULE";
  }
  return "PERSONAL";
}

std::optional<ContactType> contact_type_from(std::string_view text) {
  for (const ContactType type : {ContactType::personal, ContactType::escalation, ContactType::oncall_schedule})
    if (to_text(type) == text) return type;
  return std::nullopt;
}

Plan plan_from(const Document& document) {
  Plan plan;
  for (const Document& stage : array_at(document, "Stages")) {
    Stage& out = plan.stages.emplace_back();
    out.length = std::chrono::minutes(integer_or(stage, "DurationInMinutes", 0));
    for (const Document& target : array_at(stage, "Targets")) out.targets.push_back(target_from(target));
  }
  return plan;
}

Result<void> check_plan(ContactType type, const Plan& plan) {
  for (const Stage& stage : plan.stages) {
    if (stage.length == Duration{0} && stage.targets.empty()) return fail(ErrorKind::invalid, "A stage of 0 minutes needs a target");
    for (const Target& target : stage.targets)
      if (auto checked = check_target(type, target); !checked) return checked;
  }
  return {};
}

std::string_view outbox_channel(Way way) {
  switch (way) {
    case Way::mail:
      return "smtp";
    case Way::sms:
      return "sms";
    case Way::voice:
      return "voice";
    case Way::push:
      return "push";
    case Way::web_push:
      return "web-push";
  }
  return "smtp";
}

std::string_view words_of(Way way) {
  switch (way) {
    case Way::mail:
      return "e-mail";
    case Way::sms:
      return "SMS";
    case Way::voice:
      return "a call";
    case Way::push:
    case Way::web_push:
      return "push";
  }
  return "e-mail";
}

Way Channel::way() const {
  if (type == "SMS") return Way::sms;
  if (type == "VOICE") return Way::voice;
  if (address.starts_with("webpush:")) return Way::web_push;
  return is_mail_address(address) ? Way::mail : Way::push;
}

bool is_phone_number(std::string_view text) {
  return text.size() >= 3 && text.size() <= 16 && text[0] == '+' && text[1] != '0' &&
         text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

bool is_mail_address(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size() || text.find('@', at + 1) != std::string_view::npos) return false;
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > ' ' && byte != 0x7f && c != '<' && c != '>' && c != ',' && c != ';' && c != '"';
  });
}

}  // namespace tocsin::oncall
