// From a channel that fails, or is too slow, to the person's next one.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "communicate/oncall/oncall.h"
#include "incidents/event_names.h"

namespace tocsin::oncall {

bool OnCall::fail_over(const Page& page, const Document& context, const std::string& why) {
  const auto e = engagements_.find(page.scope, text_or(context, "engagement"));
  const auto run = e ? engagements_.find_run(page.scope, e->arn, page.contact_arn) : std::nullopt;
  const auto contact = contacts_.find(page.scope, page.contact_arn);
  if (!run || !contact || e->stop || page.read || run->state != RunState::waiting || run->stage != integer_or(context, "stage", -1))
    return false;
  const auto messages = outgoing_.messages_of(page.scope, page.arn);
  const auto tried = [&](const std::string& channel_arn) {
    return std::ranges::any_of(messages, [&](const OutgoingMessage& each) {
      return each.channel_arn == channel_arn && each.stage == run->stage && each.engagement_arn == e->arn;
    });
  };
  // where this stage goes anyway is no way out of it
  const Plan plan = plan_from(contact->plan);
  const auto in_stage = [&](const std::string& channel_arn) {
    return static_cast<std::size_t>(run->stage) < plan.stages.size() &&
           std::ranges::any_of(plan.stages[static_cast<std::size_t>(run->stage)].targets,
                               [&](const Target& each) { return each.channel_arn == channel_arn; });
  };
  const std::string failed = text_or(context, "channel");
  for (const Channel& channel : contacts_.channels(page.scope, page.contact_arn)) {
    if (!channel.activated || channel.arn == failed || tried(channel.arn) || in_stage(channel.arn)) continue;
    publish(*e, incidents::page_failed_over, fmt::format("{} is paged by {} instead: {}", contact->name(), words_of(channel.way()), why),
            &page);
    send(*e, *run, *contact, channel, page);
    return true;
  }
  return false;
}

Result<void> OnCall::on_patience_due(const Document& payload) {
  const auto message = outgoing_.find(text_or(payload, "message"));
  if (!message || message->state != MessageState::sent) return {};
  const auto page = engagements_.find_page(message->scope, message->page_arn);
  if (!page) return {};
  (void)fail_over(*page, Object{{"engagement", message->engagement_arn}, {"stage", message->stage}, {"channel", message->channel_arn}},
                  fmt::format("not taken within {} s", channel_patience / std::chrono::seconds(1)));
  return {};
}

void OnCall::on_attempt(const delivery::Parcel& parcel, int attempt, const delivery::CarryOutcome& outcome) {
  if (attempt != tries_of_channel || !find(parcel.context, "page")) return;
  const Scope scope{text_or(parcel.context, "account"), text_or(parcel.context, "region")};
  if (const auto page = engagements_.find_page(scope, text_or(parcel.context, "page")))
    (void)fail_over(*page, parcel.context, outcome.error);
}

void OnCall::lose(OutgoingMessage message, const std::string& error) {
  if (message.state == MessageState::failed) return;
  message.state = MessageState::failed;
  outgoing_.replace(message);
  auto page = engagements_.find_page(message.scope, message.page_arn);
  if (!page) return;
  engagements_.add_receipt(*page, message.channel_arn, ReceiptType::error, error, state_.now());
  if (const auto e = engagements_.find(message.scope, page->engagement_arn))
    publish(*e, incidents::page_failed, fmt::format("The page to {} failed: {}", name_of(message.scope, page->contact_arn), error), &*page);
  // what came back was not delivered, whatever was believed; unless another channel's was
  bool arrived = false;
  for (const OutgoingMessage& other : outgoing_.messages_of(message.scope, message.page_arn)) arrived |= other.state == MessageState::taken;
  if (page->delivery && !arrived) {
    page->delivery.reset();
    engagements_.replace(*page);
  }
  on_failed(*page, Object{{"engagement", message.engagement_arn}, {"stage", message.stage}, {"channel", message.channel_arn}}, error);
}

}  // namespace tocsin::oncall
