// One message to one channel, and what became of it.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/ids.h"
#include "communicate/oncall/oncall.h"
#include "incidents/event_names.h"
#include "model/arn.h"

namespace tocsin::oncall {
namespace {

std::string last_segment(const std::string& arn) { return arn.substr(arn.rfind('/') + 1); }

// a thread is one incident: the first message of each page answers the incident's own id
std::string thread_of(const Engagement& e) {
  return fmt::format("<{}@tocsin>", last_segment(e.incident_arn.empty() ? e.arn : e.incident_arn));
}

}  // namespace

Page OnCall::page_of(const Engagement& e, const Contact& contact) {
  if (auto known = engagements_.page_for(e, contact.arn)) return *known;
  Page page{.scope = e.scope, .engagement_arn = e.arn, .contact_arn = contact.arn, .incident_arn = e.incident_arn};
  page.arn = make_arn("ssm-contacts", e.scope, fmt::format("page/{}/{}", contact.alias, make_uuid_v7(random_, state_.now())));
  page.sent = state_.now();
  engagements_.insert(page);
  return page;
}

void OnCall::page_channel(const Engagement& e, const Run& run, const Contact& contact, const Target& target) {
  Page page = page_of(e, contact);
  // paged by another engagement of this incident: one page for a person
  if (page.engagement_arn != e.arn) return;
  const auto channel = contacts_.find_channel(e.scope, target.channel_arn);
  if (!channel || !channel->activated) {
    engagements_.add_receipt(page, target.channel_arn, ReceiptType::error, channel ? "The channel is not activated" : "The channel is gone",
                             state_.now());
    publish(e, incidents::page_failed,
            fmt::format("{} could not be paged: the channel is {}", contact.name(), channel ? "not activated" : "gone"), &page);
    return on_failed(page, Object{{"engagement", e.arn}, {"stage", run.stage}, {"channel", target.channel_arn}}, "");
  }
  send(e, run, contact, *channel, page);
  plan_retry(run, target);
}

void OnCall::plan_retry(const Run& run, const Target& target) {
  if (target.retry_interval <= Duration{0}) return;
  const std::string key = run.engagement_arn + '|' + run.contact_arn + '|' + target.channel_arn;
  timers_.set("oncall.retry", key, state_.now() + target.retry_interval,
              Object{{"account", run.scope.account},
                     {"region", run.scope.region},
                     {"engagement", run.engagement_arn},
                     {"contact", run.contact_arn},
                     {"channel", target.channel_arn},
                     {"stage", run.stage}});
}

void OnCall::send(const Engagement& e, const Run& run, const Contact& contact, const Channel& channel, Page page) {
  ++page.messages;
  const std::string secret = make_secret(random_);
  const std::string code = random_.letters("0123456789", 6);
  engagements_.add_secret(page, secret, EngagementStore::SecretKind::link, state_.now() + secret_lifetime);
  engagements_.add_secret(page, page.arn + ':' + code + ':' + std::to_string(page.messages), EngagementStore::SecretKind::code,
                          state_.now() + secret_lifetime);
  const PageFacts facts = facts_of(e);
  PageAddress address{.contact_name = contact.name(), .why_you = why_you(e, run, contact), .next = who_is_next(run, contact)};
  address.ack_url = settings_.public_url() + "/a/" + secret;
  address.page_arn = page.arn;
  address.code = code;
  address.message_number = page.messages;
  const PageMail text = page_mail(facts, address);
  page.subject = text.subject;
  page.content = page_content(facts, address);
  engagements_.replace(page);
  engagements_.add_receipt(page, channel.arn, ReceiptType::sent, channel.address, state_.now());
  Object content{{"subject", text.subject}, {"text", text.text}, {"html", text.html}};
  content["message_id"] = fmt::format("<{}.{}@tocsin>", last_segment(page.arn), page.messages);
  content["references"] = thread_of(e);
  mail(e.scope, page.arn + "/" + std::to_string(page.messages), channel.address, std::move(content),
       {{"page", page.arn}, {"channel", channel.arn}, {"engagement", e.arn}, {"stage", run.stage}});
  publish(e, incidents::page_sent,
          fmt::format("{} is paged by e-mail{}", contact.name(), page.messages > 1 ? fmt::format(", message {}", page.messages) : ""),
          &page, {{"stage", run.stage + 1}, {"message", page.messages}});
}

Result<void> OnCall::on_settled(const delivery::Settlement& settled) {
  const Document& context = settled.parcel.context;
  const Scope scope{text_or(context, "account"), text_or(context, "region")};
  auto page = engagements_.find_page(scope, text_or(context, "page"));
  if (!page || settled.outcome == delivery::Settled::cancelled) return {};
  const std::string channel = text_or(context, "channel");
  if (settled.outcome == delivery::Settled::delivered) {
    mark_delivered(*page, channel, "Taken by the mail server");
    return {};
  }
  const std::string error = settled.last.error.empty() ? "not delivered in time" : settled.last.error;
  engagements_.add_receipt(*page, channel, ReceiptType::error, error, state_.now());
  if (const auto e = engagements_.find(scope, page->engagement_arn))
    publish(*e, incidents::page_failed, fmt::format("The page to {} failed: {}", name_of(scope, page->contact_arn), error), &*page);
  on_failed(*page, context, error);
  return {};
}

void OnCall::mark_delivered(Page page, const std::string& channel_arn, const std::string& how) {
  engagements_.add_receipt(page, channel_arn, ReceiptType::delivered, how, state_.now());
  if (page.delivery) return;
  page.delivery = state_.now();
  engagements_.replace(page);
  if (const auto e = engagements_.find(page.scope, page.engagement_arn))
    publish(*e, incidents::page_delivered, fmt::format("The page to {} was delivered", name_of(page.scope, page.contact_arn)), &page);
}

// a person who cannot be reached is not waited for
void OnCall::on_failed(const Page& page, const Document& context, const std::string&) {
  const auto run = engagements_.find_run(page.scope, text_or(context, "engagement"), page.contact_arn);
  if (!run || run->state != RunState::waiting || run->stage != integer_or(context, "stage", -1) || page.delivery) return;
  const auto contact = contacts_.find(page.scope, page.contact_arn);
  const Plan plan = contact ? plan_from(contact->plan) : Plan{};
  if (static_cast<std::size_t>(run->stage) >= plan.stages.size()) return;
  for (const Target& other : plan.stages[static_cast<std::size_t>(run->stage)].targets) {
    const auto channel = contacts_.find_channel(page.scope, other.channel_arn);
    if (channel && channel->activated && channel->arn != text_or(context, "channel")) return;
  }
  wait_for_stage(*run, state_.now());
  const bool last_stage = static_cast<std::size_t>(run->stage) + 1 == plan.stages.size();
  if (run->parent_arn.empty() || !last_stage) return;
  if (const auto parent = engagements_.find_run(page.scope, run->engagement_arn, run->parent_arn);
      parent && parent->state == RunState::waiting)
    wait_for_stage(*parent, state_.now());
}

}  // namespace tocsin::oncall
