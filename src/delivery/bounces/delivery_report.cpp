#include "delivery/bounces/delivery_report.h"


#include "base/letters.h"
#include "delivery/bounces/mail_parts.h"

namespace tocsin::delivery {
namespace {

// "rfc822; ann@example.com" → "ann@example.com"
std::string behind_type(const std::string& value) {
  const std::size_t semicolon = value.find(';');
  std::string out = semicolon == std::string::npos ? value : value.substr(semicolon + 1);
  out.erase(0, out.find_first_not_of(" \t<"));
  while (!out.empty() && (out.back() == '>' || out.back() == ' ')) out.pop_back();
  return out;
}

std::string without_brackets(std::string id) {
  const std::size_t open = id.find('<'), close = id.find('>');
  if (open != std::string::npos && close != std::string::npos && close > open) return id.substr(open + 1, close - open - 1);
  return id;
}

std::optional<ReportedAction> action_of(const std::string& word) {
  const std::string small = lower_case(word);
  if (small == "failed") return ReportedAction::failed;
  if (small == "delayed") return ReportedAction::delayed;
  if (small == "delivered" || small == "relayed" || small == "expanded") return ReportedAction::delivered;
  return std::nullopt;
}

// the groups of message/delivery-status: the first is about the mail, the others each about a recipient
bool read_status(std::string_view text, DeliveryReport& report) {
  bool any = false;
  while (!text.empty()) {
    const MailFields group = read_fields(text);
    const auto action = action_of(group.get("action"));
    // failed is worse than delayed, and that than delivered
    if (!action || (any && *action >= report.action)) continue;
    any = true;
    report.action = *action;
    report.recipient = behind_type(group.get("final-recipient").empty() ? group.get("original-recipient") : group.get("final-recipient"));
    report.status = group.get("status");
    report.diagnostic = behind_type(group.get("diagnostic-code"));
  }
  return any;
}

// the id of the mail that is returned: in its header, wherever that stands
std::string find_message_id(std::string_view text) {
  const std::string small = lower_case(std::string(text));
  for (std::size_t at = small.find("message-id:"); at != std::string::npos; at = small.find("message-id:", at + 1)) {
    if (at > 0 && small[at - 1] != '\n') continue;
    std::string_view rest = text.substr(at + 11);
    const std::size_t open = rest.find('<'), close = rest.find('>');
    if (open < 200 && close != std::string_view::npos && close > open) return std::string(rest.substr(open + 1, close - open - 1));
  }
  return {};
}

bool looks_returned(const MailFields& header) {
  const std::string subject = lower_case(header.get("subject")), from = lower_case(header.get("from"));
  if (!header.get("x-failed-recipients").empty()) return true;
  const bool from_daemon = from.find("mailer-daemon") != std::string::npos || from.find("postmaster") != std::string::npos;
  for (const char* words : {"undeliver", "returned", "failure", "failed", "could not be delivered", "non remis"})
    if (from_daemon && subject.find(words) != std::string::npos) return true;
  return false;
}

}  // namespace

std::string DeliveryReport::words() const {
  std::string out = diagnostic.empty() ? (action == ReportedAction::failed ? "the mail was returned" : "the mail is delayed") : diagnostic;
  if (!status.empty() && out.find(status) == std::string::npos) out += " (" + status + ")";
  return out;
}

std::optional<DeliveryReport> read_delivery_report(std::string_view mail) {
  const MailPart whole = read_part(mail);
  DeliveryReport report;
  bool reported = false;
  for (const MailPart& part : parts_of(whole)) {
    if (part.type == "message/delivery-status" || part.type == "message/global-delivery-status") reported |= read_status(part.body, report);
    if (part.type == "message/rfc822" || part.type == "text/rfc822-headers" || part.type == "message/global" ||
        part.type == "message/global-headers") {
      std::string_view text = part.body;
      report.message_id = without_brackets(read_fields(text).get("message-id"));
    }
  }
  if (!reported && !looks_returned(whole.header)) return std::nullopt;
  if (!reported) report.recipient = behind_type(whole.header.get("x-failed-recipients"));
  if (report.message_id.empty()) report.message_id = find_message_id(whole.body);
  if (report.message_id.empty()) report.message_id = without_brackets(whole.header.get("in-reply-to"));
  if (report.message_id.empty()) return std::nullopt;
  return report;
}

}  // namespace tocsin::delivery
