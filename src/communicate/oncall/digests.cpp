// Storm control: what is told now, and what together.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/ids.h"
#include "communicate/oncall/oncall.h"
#include "communicate/oncall/page_texts.h"
#include "incidents/event_names.h"

namespace tocsin::oncall {
namespace {

constexpr int impact_unknown = 3;

// what comes again and again: the same alarm, else the same plan, else the same words
std::string group_of(const std::optional<incidents::Incident>& incident, const Engagement& e) {
  if (!incident) return e.sender + '|' + e.subject;
  return incident->trigger_arn.empty() ? incident->plan_arn + '|' + incident->title : incident->plan_arn + '|' + incident->trigger_arn;
}

}  // namespace

void OnCall::page_person(const Engagement& e, const Run& run, const Contact& contact, const Channel& channel, Page page, bool repeat) {
  // it waits for the digest already
  if (page.messages == 0 && outgoing_.is_folded(e.scope, contact.arn, page.arn)) return;
  const auto incident = incidents_.store().find(e.scope, e.incident_arn);
  const storm::Notice notice{.group = group_of(incident, e), .impact = incident ? incident->impact : impact_unknown, .repeat = repeat};
  storm::Policy policy = settings_.storm;
  const Tags tags = contacts_.tags(e.scope, contact.arn);
  if (const auto quiet = tags.find(std::string(quiet_hours_tag)); quiet != tags.end())
    if (auto hours = storm::QuietHours::parse(quiet->second)) policy.quiet = std::move(*hours);
  const auto told = outgoing_.told(e.scope, contact.arn, notice.group, state_.now());
  const storm::Plan planned = storm::plan(policy, told, outgoing_.digest_due(e.scope, contact.arn), notice, state_.now());
  if (planned.act != storm::Act::send) {
    outgoing_.add_told(e.scope, contact.arn, {state_.now(), storm::Told::Kind::folded, notice.impact, notice.group});
    return fold(e, run, contact, channel, page, planned, notice.impact);
  }
  outgoing_.add_told(e.scope, contact.arn, {state_.now(), storm::Told::Kind::page, notice.impact, notice.group});
  send(e, run, contact, channel, page, planned.words);
}

void OnCall::fold(const Engagement& e, const Run& run, const Contact& contact, const Channel& channel, Page page,
                  const storm::Plan& planned, int impact) {
  const PageFacts facts = facts_of(e);
  PageAddress address{.contact_name = contact.name(), .why_you = why_you(e, run, contact), .next = who_is_next(run, contact)};
  const templates::Values values = template_values(facts, address);
  page.subject = settings_.templates.render("page.mail.subject", values);
  page.content = page_content(facts, address);
  engagements_.replace(page);
  outgoing_.add_folded(e.scope, contact.arn,
                       {.page_arn = page.arn,
                        .engagement_arn = e.arn,
                        .channel_arn = channel.arn,
                        .stage = run.stage,
                        .impact = impact,
                        .line = page.subject,
                        .reason = planned.words,
                        .at = state_.now()});
  const auto known = outgoing_.digest_due(e.scope, contact.arn);
  // what waits for the morning does not make what is urgent wait
  if (!known || planned.due < *known) {
    outgoing_.set_digest_due(e.scope, contact.arn, planned.due);
    timers_.set("oncall.digest", contact.arn, planned.due,
                Object{{"account", e.scope.account}, {"region", e.scope.region}, {"contact", contact.arn}});
  }
  const Plan plan = plan_from(contact.plan);
  if (run.stage < 0 || static_cast<std::size_t>(run.stage) >= plan.stages.size()) return;
  // the time to answer begins when it is told
  const Duration length = plan.stages[static_cast<std::size_t>(run.stage)].length;
  wait_for_stage(run, planned.due + length);
  if (planned.act == storm::Act::hold)
    for (auto above = engagements_.find_run(e.scope, e.arn, run.parent_arn); above;
         above = engagements_.find_run(e.scope, e.arn, above->parent_arn)) {
      const auto owner = contacts_.find(e.scope, above->contact_arn);
      const Plan its = owner ? plan_from(owner->plan) : Plan{};
      const auto stage = static_cast<std::size_t>(std::max(above->stage, 0));
      if (above->state == RunState::waiting)
        wait_for_stage(*above, planned.due + (stage < its.stages.size() ? its.stages[stage].length : Duration{0}));
    }
  publish(e, incidents::page_folded,
          fmt::format("{} is told at {} together with others: {}", contact.name(), clock_words(planned.due), planned.words), &page,
          {{"stage", run.stage + 1}});
}

Result<void> OnCall::on_digest_due(const Scope& scope, const Document& payload) {
  const std::string contact_arn = text_or(payload, "contact");
  outgoing_.set_digest_due(scope, contact_arn, std::nullopt);
  const auto contact = contacts_.find(scope, contact_arn);
  const std::string digest = make_uuid_v4(random_);
  std::vector<FoldedPage> live;
  for (FoldedPage& each : outgoing_.take_folded(scope, contact_arn, digest)) {
    const auto page = engagements_.find_page(scope, each.page_arn);
    const auto e = engagements_.find(scope, each.engagement_arn);
    const auto run = e ? engagements_.find_run(scope, e->arn, contact_arn) : std::nullopt;
    // looked at again: what was answered or stopped meanwhile is not told
    if (page && !page->read && run && !e->stop && run->state == RunState::waiting) live.push_back(std::move(each));
  }
  if (!contact || live.empty()) return {};
  auto channel = contacts_.find_channel(scope, live.front().channel_arn);
  if (!channel || !channel->activated) channel = first_channel(scope, contact_arn);
  if (!channel) return {};
  if (live.size() == 1) {
    const auto e = engagements_.find(scope, live.front().engagement_arn);
    const auto page = engagements_.find_page(scope, live.front().page_arn);
    outgoing_.add_told(scope, contact_arn, {state_.now(), storm::Told::Kind::page, live.front().impact, ""});
    send(*e, *engagements_.find_run(scope, e->arn, contact_arn), *contact, *channel, *page);
    return {};
  }
  outgoing_.add_told(scope, contact_arn, {state_.now(), storm::Told::Kind::digest, live.front().impact, ""});
  for (const FoldedPage& each : live) {
    auto page = engagements_.find_page(scope, each.page_arn);
    page->messages = std::max(page->messages, 1);
    engagements_.replace(*page);
    engagements_.add_receipt(*page, channel->arn, ReceiptType::sent, channel->address + ", in a digest", state_.now());
  }
  send_digest(*contact, *channel, digest, live, 1);
  return {};
}

void OnCall::send_digest(const Contact& contact, const Channel& channel, const std::string& digest, const std::vector<FoldedPage>& folded,
                         int number) {
  std::vector<std::string> lines;
  for (const FoldedPage& each : folded) lines.push_back("  " + each.line);
  const Way way = channel.way();
  const std::string secret = make_link_secret(Page{.scope = contact.scope, .arn = std::string(digest_prefix) + digest}, way);
  const auto page = engagements_.find_page(contact.scope, folded.front().page_arn);
  const auto e = engagements_.find(contact.scope, folded.front().engagement_arn);
  const PageFacts facts = e ? facts_of(*e) : PageFacts{};
  PageAddress address{.contact_name = contact.name(), .ack_url = settings_.public_url() + "/a/" + secret};
  templates::Values values = template_values(facts, address);
  values["count"] = std::to_string(folded.size());
  values["details"] = digest_lines(lines);
  values["reason"] = folded.front().reason;
  Message message;
  message.mail.subject = settings_.templates.render("digest.subject", values);
  message.mail.text = settings_.templates.render("digest.text", values);
  message.mail_fields["message_id"] = fmt::format("<digest.{}.{}@tocsin>", digest, number);
  message.sms = page_sms(settings_.templates, values, "digest.sms");
  message.say =
      fmt::format("This is Tocsin. {} more pages for {} came at once. The worst is: {}.", folded.size(), contact.name(), facts.what);
  message.ask = "Press 1 to acknowledge all of them. Press any other key to hear it again.";
  message.answer_token = secret;
  message.title = message.mail.subject;
  message.text = digest_lines(lines, 8);
  message.url = address.ack_url;
  message.urgency = folded.front().impact >= settings_.storm.low_urgency_from ? "low" : "high";
  dispatch(fmt::format("digest/{}/{}", digest, number), channel, message,
           {{"digest", digest}, {"contact", contact.arn}, {"channel", channel.arn}, {"number", number}});
}

std::vector<Page> OnCall::pages_of_digest(const Scope& scope, const std::string& digest) {
  std::vector<Page> out;
  for (const FoldedPage& each : outgoing_.folded_in(digest))
    if (auto page = engagements_.find_page(scope, each.page_arn)) out.push_back(std::move(*page));
  return out;
}

Result<void> OnCall::on_digest_settled(const delivery::Settlement& settled) {
  const Document& context = settled.parcel.context;
  const Scope scope{text_or(context, "account"), text_or(context, "region")};
  if (settled.outcome == delivery::Settled::cancelled) return {};
  const std::string digest = text_or(context, "digest"), channel_arn = text_or(context, "channel");
  const bool delivered = settled.outcome == delivery::Settled::delivered;
  std::vector<FoldedPage> live;
  for (FoldedPage& each : outgoing_.folded_in(digest)) {
    auto page = engagements_.find_page(scope, each.page_arn);
    if (!page || page->read) continue;
    engagements_.add_receipt(*page, channel_arn, delivered ? ReceiptType::delivered : ReceiptType::error,
                             delivered ? "Taken, in a digest" : settled.last.error, state_.now());
    if (delivered && !page->delivery) page->delivery = state_.now(), engagements_.replace(*page);
    live.push_back(std::move(each));
  }
  const auto contact = contacts_.find(scope, text_or(context, "contact"));
  if (delivered || live.empty() || !contact) return {};
  // the next channel of the person, once around
  const int number = static_cast<int>(integer_or(context, "number", 1)) + 1;
  const auto channels = contacts_.channels(scope, contact->arn);
  if (number > static_cast<int>(channels.size())) return {};
  for (const Channel& channel : channels)
    if (channel.activated && channel.arn != channel_arn) {
      send_digest(*contact, channel, digest, live, number);
      break;
    }
  return {};
}

}  // namespace tocsin::oncall
