// The values of paging: an engagement runs a contact's plan; each contact that it reaches has a run; each person reached has one page with
// its receipts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "model/scope.h"

namespace tocsin::oncall {

struct Engagement {
  Scope scope;
  std::string arn;  ///< arn:aws:ssm-contacts:REGION:ACCOUNT:engagement/ALIAS/UUID
  std::string contact_arn;
  std::string incident_arn;  ///< may be empty
  std::string sender, subject, content, public_subject, public_content;
  Instant start;
  std::optional<Instant> stop;
};

enum class RunState {
  waiting,       ///< in a stage, nobody has answered
  acknowledged,  ///< by this person, or by an essential contact of this plan
  stopped,       ///< somebody else's acknowledgement or the end of the engagement
  exhausted,     ///< its last stage ended
};
std::string_view to_text(RunState state);
RunState run_state_from(std::string_view text);

struct Run {
  Scope scope;
  std::string engagement_arn;
  std::string contact_arn;
  std::string parent_arn;  ///< the contact whose plan engaged this one; empty at the top
  bool essential = true;   ///< its acknowledgement stops the parent
  int stage = -1;
  RunState state = RunState::waiting;
  Instant stage_started;
};

enum class ReceiptType { sent, delivered, read, stop, error };
/// SENT DELIVERED READ STOP ERROR
std::string_view to_text(ReceiptType type);

struct Receipt {
  std::string channel_arn;
  std::string type;
  std::string info;
  Instant at;
};

/// One for a person and an incident (or an engagement that has none).
struct Page {
  Scope scope;
  std::string arn;  ///< arn:aws:ssm-contacts:REGION:ACCOUNT:page/ALIAS/UUID
  std::string engagement_arn;
  std::string contact_arn;
  std::string incident_arn;
  std::string subject, content;  ///< of the newest message, without its secrets
  int messages = 0;
  Instant sent;
  std::optional<Instant> delivery;
  std::optional<Instant> read;  ///< acknowledged
  int failed_codes = 0;
};

}  // namespace tocsin::oncall
