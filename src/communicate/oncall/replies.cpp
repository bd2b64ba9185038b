// What comes back: answers by text, receipts of gateways, returned mails.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "communicate/oncall/oncall.h"
#include "communicate/oncall/page_texts.h"
#include "delivery/bounces/delivery_report.h"

namespace tocsin::oncall {
namespace {

constexpr std::size_t pages_looked_at = 50;

// the first four digits that stand together
std::string code_in(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    if (end - at == 4) return text.substr(at, 4);
    at = end + 1;
  }
  return {};
}

}  // namespace

std::string OnCall::on_text(const std::string& from, const std::string& text) {
  if (settings_.on_keyword)
    if (auto answer = settings_.on_keyword(from, text)) return std::move(*answer);
  const std::string code = code_in(text);
  std::optional<Page> missed;
  for (const Channel& channel : contacts_.channels_of_address(from)) {
    if (!channel.activated) continue;
    for (Page& page : engagements_.unread_pages(channel.scope, channel.contact_arn, pages_looked_at)) {
      if (page.failed_codes >= code_tries_max) continue;
      for (int message = page.messages; message >= 1 && !code.empty(); --message) {
        const auto secret = engagements_.find_secret(page.arn + ":reply:" + code + ':' + std::to_string(message));
        if (!secret || secret->kind != EngagementStore::SecretKind::code || secret->expires <= state_.now()) continue;
        acknowledge(page, channel.arn, "by SMS");
        return page_sms(settings_.templates, {{"what", "Acknowledged: " + page.subject}}, "chat.opened");
      }
      if (!missed && page.messages > 0) missed = std::move(page);
    }
  }
  // strangers are told nothing
  if (!missed) return {};
  if (code.empty()) return "No code was found. Reply with the four digits of the page.";
  ++missed->failed_codes;
  engagements_.replace(*missed);
  return "This code is that of no open page.";
}

void OnCall::on_receipt(const std::string& provider_id, bool delivered, const std::string& words) {
  auto message = outgoing_.find_by_provider(provider_id);
  if (!message) return;
  if (!delivered) return lose(*message, words);
  if (message->state == MessageState::failed) return;
  if (auto page = engagements_.find_page(message->scope, message->page_arn))
    engagements_.add_receipt(*page, message->channel_arn, ReceiptType::delivered, words, state_.now());
}

bool OnCall::on_returned_mail(const std::string& mail) {
  const auto report = delivery::read_delivery_report(mail);
  const auto message = report ? outgoing_.find_by_mail(report->message_id) : std::nullopt;
  if (!message) return false;
  if (report->action == delivery::ReportedAction::failed) {
    lose(*message, "The mail came back: " + report->words());
  } else if (report->action == delivery::ReportedAction::delayed && message->state != MessageState::failed) {
    if (const auto page = engagements_.find_page(message->scope, message->page_arn))
      (void)fail_over(*page, Object{{"engagement", message->engagement_arn}, {"stage", message->stage}, {"channel", message->channel_arn}},
                      "the mail is delayed");
  }
  return true;
}

}  // namespace tocsin::oncall
