// One message to one channel, and what became of it.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/ids.h"
#include "communicate/oncall/oncall.h"
#include "communicate/oncall/page_texts.h"
#include "incidents/event_names.h"
#include "model/arn.h"

namespace tocsin::oncall {
namespace {

constexpr std::size_t short_secret_length = 10;

// a subject is one line whatever a title holds
std::string one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  return text;
}

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
  page_person(e, run, contact, *channel, page, page.messages > 0);
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

std::string OnCall::make_link_secret(const Page& page, Way way) {
  // an SMS has room for ten characters (50 bits); a link works once and for a day
  std::string secret = way == Way::sms ? random_.letters("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", short_secret_length) : make_secret(random_);
  engagements_.add_secret(page, secret, EngagementStore::SecretKind::link, state_.now() + secret_lifetime);
  return secret;
}

std::string OnCall::way_words(const Page& page) {
  const auto messages = outgoing_.messages_of(page.scope, page.arn);
  const auto channel = messages.empty() ? std::nullopt : contacts_.find_channel(page.scope, messages.back().channel_arn);
  if (!channel || channel->way() == Way::mail) return "mail";
  return std::string(channel->way() == Way::voice ? "call" : words_of(channel->way()));
}

void OnCall::send(const Engagement& e, const Run& run, const Contact& contact, const Channel& channel, Page page,
                  const std::string& words) {
  ++page.messages;
  const Way way = channel.way();
  const std::string secret = make_link_secret(page, way);
  PageAddress address{.contact_name = contact.name(), .why_you = why_you(e, run, contact), .next = who_is_next(run, contact)};
  address.code = random_.letters("0123456789", 6);
  address.reply_code = random_.letters("0123456789", 4);
  const std::string number = ':' + std::to_string(page.messages);
  engagements_.add_secret(page, page.arn + ':' + address.code + number, EngagementStore::SecretKind::code, state_.now() + secret_lifetime);
  if (way == Way::sms)
    engagements_.add_secret(page, page.arn + ":reply:" + address.reply_code + number, EngagementStore::SecretKind::code,
                            state_.now() + secret_lifetime);
  const PageFacts facts = facts_of(e);
  address.ack_url = settings_.public_url() + "/a/" + secret;
  address.page_arn = page.arn;
  address.flapping = words;
  address.message_number = page.messages;
  const templates::Values values = template_values(facts, address);
  Message message{.mail = page_mail(facts, address)};
  message.mail.subject = one_line(settings_.templates.render("page.mail.subject", values));
  message.mail.text = settings_.templates.render("page.mail.text", values);
  message.mail_fields["message_id"] = fmt::format("<{}.{}@tocsin>", last_segment(page.arn), page.messages);
  message.mail_fields["references"] = thread_of(e);
  message.sms = page_sms(settings_.templates, values);
  message.say = settings_.templates.render("page.voice", values);
  message.ask = settings_.templates.render("page.voice.ask", values);
  message.answer_token = secret;
  message.title = one_line(settings_.templates.render("page.push.title", values));
  message.text = settings_.templates.render("page.push.text", values);
  message.url = address.ack_url;
  message.urgency = facts.severity == "SEV4" || facts.severity == "SEV5" ? "low" : "high";
  page.subject = message.mail.subject;
  page.content = page_content(facts, address);
  engagements_.replace(page);
  engagements_.add_receipt(page, channel.arn, ReceiptType::sent, channel.address, state_.now());
  const std::string id = page.arn + "/" + std::to_string(page.messages);
  outgoing_.insert({.scope = e.scope,
                    .id = id,
                    .page_arn = page.arn,
                    .channel_arn = channel.arn,
                    .engagement_arn = e.arn,
                    .stage = run.stage,
                    .mail_id = way == Way::mail ? fmt::format("{}.{}@tocsin", last_segment(page.arn), page.messages) : "",
                    .provider_id = {},
                    .sent = state_.now()});
  dispatch(id, channel, message, {{"page", page.arn}, {"channel", channel.arn}, {"engagement", e.arn}, {"stage", run.stage}});
  timers_.set("oncall.patience", id, state_.now() + channel_patience, Object{{"message", id}});
  publish(e, incidents::page_sent,
          fmt::format("{} is paged by {}{}", contact.name(), words_of(way),
                      page.messages > 1 ? fmt::format(", message {}", page.messages) : ""),
          &page, {{"stage", run.stage + 1}, {"message", page.messages}});
}

void OnCall::dispatch(const std::string& parcel_id, const Channel& channel, const Message& message, Object context) {
  using namespace std::chrono_literals;
  const Way way = channel.way();
  Object content{{"to", channel.address}};
  switch (way) {
    case Way::mail:
      content = message.mail_fields;
      content["to"] = channel.address;
      content["subject"] = message.mail.subject;
      content["text"] = message.mail.text;
      if (!message.mail.html.empty()) content["html"] = message.mail.html;
      if (!settings_.mail_from.empty()) content["from"] = settings_.mail_from;
      break;
    case Way::sms:
      content["text"] = message.sms;
      content["status_url"] = settings_.public_url() + "/gateway/twilio/status";
      break;
    case Way::voice:
      content["say"] = message.say;
      content["ask"] = message.ask;
      if (!message.answer_token.empty()) content["answer_url"] = settings_.public_url() + "/gateway/twilio/voice/" + message.answer_token;
      content["status_url"] = settings_.public_url() + "/gateway/twilio/status";
      break;
    case Way::web_push:
      content["subscription"] = outgoing_.browser(channel.arn).value_or(Document(Object{}));
      [[fallthrough]];
    case Way::push:
      content["title"] = message.title;
      content["text"] = message.text;
      content["url"] = message.url;
      content["urgency"] = message.urgency;
      break;
  }
  context["account"] = channel.scope.account;
  context["region"] = channel.scope.region;
  delivery::Parcel parcel{.id = parcel_id, .channel = std::string(outbox_channel(way)), .owner = "oncall"};
  parcel.content = std::move(content);
  parcel.context = std::move(context);
  // a page is worth trying soon and often, and worth nothing hours later
  parcel.plan = {{5s, 10s, 20s, 30s, 60s, 60s, 120s, 120s, 300s, 300s, 600s}, 1h};
  outbox_.enqueue(std::move(parcel));
}

Result<void> OnCall::on_settled(const delivery::Settlement& settled) {
  const Document& context = settled.parcel.context;
  if (find(context, "digest")) return on_digest_settled(settled);
  const Scope scope{text_or(context, "account"), text_or(context, "region")};
  auto page = engagements_.find_page(scope, text_or(context, "page"));
  if (!page || settled.outcome == delivery::Settled::cancelled) return {};
  const std::string channel = text_or(context, "channel");
  auto message = outgoing_.find(settled.parcel.id);
  if (settled.outcome == delivery::Settled::delivered) {
    const Array& ids = array_at(settled.last.answer, "ids");
    if (message && !ids.empty() && ids[0].is_string()) message->provider_id = std::string(std::string_view(ids[0].get_string()));
    if (message) message->state = MessageState::taken, outgoing_.replace(*message);
    const bool mail = settled.parcel.channel == "smtp";
    mark_delivered(*page, channel, mail ? "Taken by the mail server" : "Taken by the gateway");
    return {};
  }
  const std::string error = settled.last.error.empty() ? "not delivered in time" : settled.last.error;
  if (message) {
    lose(*message, error);
    return {};
  }
  engagements_.add_receipt(*page, channel, ReceiptType::error, error, state_.now());
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
void OnCall::on_failed(const Page& page, const Document& context, const std::string& error) {
  if (fail_over(page, context, error)) return;
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
