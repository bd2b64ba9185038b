// What is posted, when, and by which storm control.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/ids.h"
#include "communicate/chat_channels/chat_channels.h"
#include "incidents/event_names.h"

namespace tocsin::chat {

using namespace std::chrono_literals;

void ChatChannels::on_published(const std::string& topic_arn, const std::string& message_id, const std::string& subject,
                                const std::string& message) {
  const auto channels = store_.of_topic(topic_arn);
  if (channels.empty()) return;
  const Notice notice = notice_of_message(topic_arn, subject, message);
  for (const ChatChannel& channel : channels) post(channel, message_id, notice, {}, "");
}

Result<void> ChatChannels::on_event(const EventEnvelope& event) {
  if (event.source != incidents::incident_source && event.source != incidents::oncall_source) return {};
  const auto incident = incidents_.store().find(event.scope, text_or(event.detail, "incidentRecordArn"));
  if (!incident) return {};
  const auto notice = notice_of_event(*incident, event, settings_.templates);
  if (!notice) return {};
  for (const Document& topic : array_at(incident->chat_channel, "chatbotSns")) {
    if (!topic.is_string()) continue;
    for (const ChatChannel& channel : store_.of_topic(std::string(std::string_view(topic.get_string()))))
      post(channel, event.id, *notice, incident->scope, incident->arn);
  }
  return {};
}

void ChatChannels::post(const ChatChannel& channel, const std::string& id, Notice notice, const Scope& scope,
                        const std::string& incident_arn) {
  std::vector<storm::Told> told;
  for (const auto& each : store_.posted(channel.arn, state_.now() - 1h))
    told.push_back({each.at, static_cast<storm::Told::Kind>(each.kind), each.impact, each.topic});
  const storm::Plan planned =
      storm::plan(policy_, told, store_.digest_due(channel.arn), {.group = notice.group, .impact = notice.impact}, state_.now());
  const auto remember = [&](storm::Told::Kind kind) {
    store_.add_posted(channel.arn, {state_.now(), static_cast<int>(kind), notice.impact, notice.group});
  };
  if (planned.act != storm::Act::send) {
    remember(storm::Told::Kind::folded);
    store_.add_waiting(channel.arn, notice.message.title, state_.now(), planned.due);
    timers_.set("chat.digest", channel.arn, planned.due, Object{{"account", channel.account}, {"channel", channel.arn}});
    return;
  }
  remember(storm::Told::Kind::page);
  if (!planned.words.empty()) notice.message.fields.emplace_back("Note", planned.words);
  if (const auto incident = incidents_.store().find(scope, incident_arn); incident && incident->status == incidents::IncidentStatus::open)
    add_links(channel, notice, *incident);
  enqueue(channel, id, notice);
}

void ChatChannels::enqueue(const ChatChannel& channel, const std::string& id, const Notice& notice) {
  delivery::Parcel parcel{.id = "chat/" + id + '/' + channel.arn, .channel = "chat", .owner = "chat", .order_key = channel.arn};
  Object content{{"workspace", channel.workspace},
                 {"channel", channel.channel},
                 {"thread", notice.thread},
                 {"message", delivery::to_document(notice.message)}};
  if (!channel.webhook.empty()) content["webhook"] = channel.webhook;
  parcel.content = std::move(content);
  parcel.plan = {{2s, 5s, 10s, 30s, 60s, 120s, 300s}, 1h};
  outbox_.enqueue(std::move(parcel));
}

Result<void> ChatChannels::on_digest_due(const Document& payload) {
  const auto channel = store_.find(text_or(payload, "account"), text_or(payload, "channel"));
  if (!channel) return {};
  const auto lines = store_.take_waiting(channel->arn);
  if (lines.empty()) return {};
  store_.add_posted(channel->arn, {state_.now(), static_cast<int>(storm::Told::Kind::digest), 3, ""});
  Notice digest{.message = {.title = fmt::format("{} more notifications", lines.size()), .tone = delivery::ChatTone::warning}};
  for (std::size_t i = 0; i < lines.size() && i < 20; ++i) digest.message.text += "• " + lines[i] + "\n";
  if (lines.size() > 20) digest.message.text += fmt::format("and {} more", lines.size() - 20);
  enqueue(*channel, "digest/" + make_uuid_v4(random_), digest);
  return {};
}

}  // namespace tocsin::chat
