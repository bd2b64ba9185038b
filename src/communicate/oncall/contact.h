// Who is paged, how, and in which stages. The definitions in the API's words; reading them is pure.
// https://docs.aws.amazon.com/incident-manager/latest/APIReference/API_SSMContacts_Plan.html
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/document.h"
#include "base/result.h"
#include "model/scope.h"

namespace tocsin::oncall {

enum class ContactType { personal, escalation, oncall_schedule };
std::string_view to_text(ContactType type);
std::optional<ContactType> contact_type_from(std::string_view text);

/// One thing that a stage engages: a channel of the contact itself, or another contact.
struct Target {
  std::string channel_arn;
  Duration retry_interval{0};  ///< 0: once
  std::string contact_arn;
  bool essential = true;  ///< this contact's acknowledgement stops the plan
};

struct Stage {
  Duration length{0};
  std::vector<Target> targets;
};

struct Plan {
  std::vector<Stage> stages;
};

Plan plan_from(const Document& document);
/// What the model cannot check: channels for a person, contacts for an escalation, a stage of no length needs a target.
Result<void> check_plan(ContactType type, const Plan& plan);

struct Contact {
  Scope scope;
  std::string arn;  ///< arn:aws:ssm-contacts:REGION:ACCOUNT:contact/ALIAS
  std::string alias;
  std::string display_name;  ///< may be empty
  ContactType type = ContactType::personal;
  Document plan;  ///< {Stages: […]}

  const std::string& name() const { return display_name.empty() ? alias : display_name; }
};

/// By which way messages reach a channel.
enum class Way { mail, sms, voice, push, web_push };
/// The outbox's channel: "smtp", "sms", "voice", "push", "web-push".
std::string_view outbox_channel(Way way);
/// "e-mail", "SMS", "a call", "push": paged by …
std::string_view words_of(Way way);

struct Channel {
  Scope scope;
  std::string arn;  ///< arn:aws:ssm-contacts:REGION:ACCOUNT:contact-channel/ALIAS/UUID
  std::string contact_arn;
  std::string name;
  std::string type;  ///< EMAIL, SMS, VOICE
  std::string address;
  bool activated = false;

  /// An address of type EMAIL that is no mail address is one of push: "NAME:TOPIC", or "webpush:" and the browser's.
  Way way() const;
};

/// Whether text can be an address: one @, something on both sides, no blanks or control characters (which could forge a header).
bool is_mail_address(std::string_view text);
/// E.164: + and 2 to 15 digits.
bool is_phone_number(std::string_view text);

}  // namespace tocsin::oncall
