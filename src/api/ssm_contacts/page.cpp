#include <boost/json.hpp>

#include "api/ssm_contacts/answers.h"
#include "api/ssm_contacts/operations.h"

namespace tocsin::api::ssm_contacts {
namespace {

std::string sender_of(OnCall& oncall, const oncall::Page& page) {
  const auto e = oncall.engagements().find(page.scope, page.engagement_arn);
  return e ? e->sender : std::string();
}

Object summary_of(OnCall& oncall, const oncall::Page& page) {
  Object out{{"PageArn", page.arn},
             {"EngagementArn", page.engagement_arn},
             {"ContactArn", page.contact_arn},
             {"Sender", sender_of(oncall, page)},
             {"SentTime", to_ns(page.sent)}};
  if (!page.incident_arn.empty()) out["IncidentId"] = page.incident_arn;
  if (page.delivery) out["DeliveryTime"] = to_ns(*page.delivery);
  if (page.read) out["ReadTime"] = to_ns(*page.read);
  return out;
}

Reply list_pages(OnCall& oncall, const ListTokens& tokens, const Call& call, const std::vector<oncall::Page>& pages) {
  Object out;
  Array summaries;
  for (const auto& page : pages) {
    if (summaries.size() == page_size(call)) {
      out["NextToken"] = tokens.seal(call, oncall::EngagementStore::place_of(pages[summaries.size() - 1]));
      break;
    }
    summaries.push_back(summary_of(oncall, page));
  }
  out["Pages"] = std::move(summaries);
  return out;
}

}  // namespace

Reply describe_page(OnCall& oncall, const Call& call) {
  const auto page = named_page(oncall, call);
  if (!page) return std::unexpected(page.error());
  Object out = summary_of(oncall, *page);
  out["Subject"] = page->subject;
  out["Content"] = page->content;
  if (const auto e = oncall.engagements().find(page->scope, page->engagement_arn)) {
    if (!e->public_subject.empty()) out["PublicSubject"] = e->public_subject;
    if (!e->public_content.empty()) out["PublicContent"] = e->public_content;
  }
  return out;
}

// the validation is enforced unless the caller says IGNORE
Reply accept_page(OnCall& oncall, const Call& call) {
  const auto page = named_page(oncall, call);
  if (!page) return std::unexpected(page.error());
  const bool enforce = text_or(call.input, "AcceptCodeValidation", "ENFORCE") == "ENFORCE";
  if (enforce && !oncall.code_is_right(*page, text_or(call.input, "AcceptCode"))) return invalid("Invalid accept code", "AcceptCode");
  const std::string note = text_or(call.input, "Note");
  const std::string how = "by AcceptPage" + (note.empty() ? "" : ": " + note);
  const std::string channel = text_or(call.input, "ContactChannelId");
  if (text_or(call.input, "AcceptType") == "READ")
    oncall.acknowledge(*page, channel, how);
  else
    oncall.mark_delivered(*page, channel, how);
  return Object{};
}

Reply list_pages_by_contact(OnCall& oncall, const ListTokens& tokens, const Call& call) {
  const auto contact = named_contact(oncall, call);
  if (!contact) return std::unexpected(contact.error());
  const auto from = page_start(tokens, call);
  if (!from) return std::unexpected(from.error());
  return list_pages(oncall, tokens, call, oncall.engagements().pages_by_contact(call.scope, contact->arn, *from, page_size(call) + 1));
}

Reply list_pages_by_engagement(OnCall& oncall, const ListTokens& tokens, const Call& call) {
  const auto e = named_engagement(oncall, call);
  if (!e) return std::unexpected(e.error());
  const auto from = page_start(tokens, call);
  if (!from) return std::unexpected(from.error());
  return list_pages(oncall, tokens, call, oncall.engagements().pages_by_engagement(call.scope, e->arn, *from, page_size(call) + 1));
}

Reply list_page_receipts(OnCall& oncall, const ListTokens& tokens, const Call& call) {
  const auto page = named_page(oncall, call);
  if (!page) return std::unexpected(page.error());
  const auto from = page_start(tokens, call);
  if (!from) return std::unexpected(from.error());
  Array all;
  for (const auto& receipt : oncall.engagements().receipts(*page)) {
    Object entry{{"ReceiptType", receipt.type}, {"ReceiptTime", to_ns(receipt.at)}};
    if (!receipt.channel_arn.empty()) entry["ContactChannelArn"] = receipt.channel_arn;
    if (!receipt.info.empty()) entry["ReceiptInfo"] = receipt.info;
    all.push_back(std::move(entry));
  }
  Object out;
  Array receipts = page_of(tokens, call, *from, std::move(all), out);
  out["Receipts"] = std::move(receipts);
  return out;
}

// the way by which the engagement came to this person, from the person up
Reply list_page_resolutions(OnCall& oncall, const ListTokens& tokens, const Call& call) {
  const auto page = named_page(oncall, call);
  if (!page) return std::unexpected(page.error());
  const auto from = page_start(tokens, call);
  if (!from) return std::unexpected(from.error());
  Array all;
  std::string arn = page->contact_arn;
  while (const auto run = oncall.engagements().find_run(call.scope, page->engagement_arn, arn)) {
    Object entry{{"ContactArn", arn}, {"StageIndex", run->stage}};
    const auto contact = oncall.contacts().find(call.scope, arn);
    entry["Type"] = oncall::to_text(contact ? contact->type : oncall::ContactType::personal);
    all.push_back(std::move(entry));
    arn = run->parent_arn;
  }
  Object out;
  Array resolutions = page_of(tokens, call, *from, std::move(all), out);
  out["PageResolutions"] = std::move(resolutions);
  return out;
}

}  // namespace tocsin::api::ssm_contacts
