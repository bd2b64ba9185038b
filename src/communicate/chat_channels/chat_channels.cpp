#include "communicate/chat_channels/chat_channels.h"

#include <boost/json.hpp>

namespace tocsin::chat {

ChatChannels::ChatChannels(storage::StateExecutor& state, Random& random, delivery::Outbox& outbox, delivery::Timers& timers,
                           incidents::Incidents& incidents, ChatSettings settings)
    : state_(state),
      random_(random),
      outbox_(outbox),
      timers_(timers),
      incidents_(incidents),
      settings_(std::move(settings)),
      store_(state) {
  // a channel takes more than a person, and knows no night
  policy_.at_once_max = 10;
  policy_.at_once_hour_max = 60;
  policy_.flaps_max = 6;
  timers_.handle("chat.digest", [this](const std::string&, Instant, const Document& payload) { return on_digest_due(payload); });
}

Result<ChatChannel> ChatChannels::create(ChatChannel channel, const Tags& tags) {
  if (store_.find(channel.account, channel.arn))
    return fail(ErrorKind::already_exists, "A chat configuration of this name already exists: " + channel.arn, "ConflictException");
  if (channel.kind != ChannelKind::chime)
    for (const ChatChannel& other : store_.list(channel.account, channel.kind))
      if (other.workspace == channel.workspace && other.channel == channel.channel)
        return fail(ErrorKind::already_exists, "The channel " + channel.channel + " is already configured by " + other.arn,
                    "ConflictException");
  store_.put(channel);
  store_.set_tags(channel.account, channel.arn, tags);
  return channel;
}

Object ChatChannels::shown(const ChatChannel& channel) {
  Object out = channel.definition;
  const auto endpoint = settings_.endpoints().find(channel.workspace, channel.channel);
  if (channel.kind == ChannelKind::slack) {
    out["SlackTeamName"] = endpoint ? endpoint->name : channel.workspace;
    if (!out.contains("SlackChannelName")) out["SlackChannelName"] = channel.channel;
  }
  if (channel.kind == ChannelKind::teams && !out.contains("TeamName")) out["TeamName"] = endpoint ? endpoint->name : channel.workspace;
  const bool enabled = endpoint || channel.kind == ChannelKind::chime;
  out["State"] = enabled ? "ENABLED" : "DISABLED";
  if (!enabled) out["StateReason"] = "No setting 'chat' of this server names the workspace " + channel.workspace;
  Array tags;
  for (const auto& [key, value] : store_.tags(channel.account, channel.arn)) tags.push_back(Object{{"TagKey", key}, {"TagValue", value}});
  if (!tags.empty()) out["Tags"] = std::move(tags);
  return out;
}

}  // namespace tocsin::chat
