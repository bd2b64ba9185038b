#include <boost/json.hpp>

#include "api/chatbot/answers.h"
#include "api/chatbot/operations.h"

namespace tocsin::api::chatbot {
namespace {

using chat::ChatChannel;

/// How the kinds differ in the API's words.
struct KindWords {
  const char *arn_part, *workspace, *channel, *answer, *list;
};
const KindWords& words_of(ChannelKind kind) {
  static const KindWords slack{"slack-channel", "SlackTeamId", "SlackChannelId", "ChannelConfiguration", "SlackChannelConfigurations"};
  static const KindWords teams{"microsoft-teams-channel", "TeamId", "ChannelId", "ChannelConfiguration", "TeamChannelConfigurations"};
  static const KindWords chime{"chime-webhook", "", "", "WebhookConfiguration", "WebhookConfigurations"};
  return kind == ChannelKind::slack ? slack : kind == ChannelKind::teams ? teams : chime;
}

constexpr const char* kept_members[] = {
    "SlackTeamId",  "SlackChannelId",      "SlackChannelName",         "TeamId",       "TeamName",   "TenantId",
    "ChannelId",    "ChannelName",         "WebhookDescription",       "SnsTopicArns", "IamRoleArn", "ConfigurationName",
    "LoggingLevel", "GuardrailPolicyArns", "UserAuthorizationRequired"};

void take_members(Object& definition, const Document& input) {
  for (const char* member : kept_members)
    if (const Document* given = find(input, member)) definition[member] = *given;
}

std::unexpected<ServiceError> not_there(const std::string& arn) {
  return refuse("ResourceNotFoundException", "There is no chat configuration " + arn);
}

std::optional<ChatChannel> named(ChatChannels& channels, const Call& call, ChannelKind kind) {
  auto found = channels.store().find(call.scope.account, text_or(call.input, "ChatConfigurationArn"));
  return found && found->kind == kind ? found : std::nullopt;
}

}  // namespace

Reply create_configuration(ChatChannels& channels, const Call& call, ChannelKind kind) {
  const KindWords& words = words_of(kind);
  ChatChannel channel{.account = call.scope.account, .kind = kind};
  channel.arn =
      "arn:aws:chatbot::" + call.scope.account + ":chat-configuration/" + words.arn_part + "/" + text_or(call.input, "ConfigurationName");
  channel.workspace = text_or(call.input, words.workspace);
  channel.channel = text_or(call.input, words.channel);
  channel.webhook = text_or(call.input, "WebhookUrl");
  channel.definition = {{"LoggingLevel", "NONE"}, {"SnsTopicArns", Array{}}};
  if (kind != ChannelKind::chime) {
    channel.definition["GuardrailPolicyArns"] = Array{"arn:aws:iam::aws:policy/AdministratorAccess"};
    channel.definition["UserAuthorizationRequired"] = false;
  }
  take_members(channel.definition, call.input);
  channel.definition["ChatConfigurationArn"] = channel.arn;
  const auto made = channels.create(std::move(channel), tags_of(call.input, "Tags"));
  if (!made) return refuse(made.error().reason, made.error().message);
  return Object{{words.answer, channels.shown(*made)}};
}

Reply update_configuration(ChatChannels& channels, const Call& call, ChannelKind kind) {
  auto channel = named(channels, call, kind);
  if (!channel) return not_there(text_or(call.input, "ChatConfigurationArn"));
  take_members(channel->definition, call.input);
  channel->channel = text_or(call.input, words_of(kind).channel, channel->channel);
  channel->webhook = text_or(call.input, "WebhookUrl", channel->webhook);
  channels.store().put(*channel);
  return Object{{words_of(kind).answer, channels.shown(*channel)}};
}

Reply delete_configuration(ChatChannels& channels, const Call& call, ChannelKind kind) {
  const auto channel = named(channels, call, kind);
  if (!channel) return not_there(text_or(call.input, "ChatConfigurationArn"));
  channels.store().remove(*channel);
  return Object{};
}

Reply get_teams_configuration(ChatChannels& channels, const Call& call) {
  const auto channel = named(channels, call, ChannelKind::teams);
  if (!channel) return refuse("InvalidRequestException", "There is no chat configuration " + text_or(call.input, "ChatConfigurationArn"));
  return Object{{"ChannelConfiguration", channels.shown(*channel)}};
}

Reply list_configurations(ChatChannels& channels, const ListTokens& tokens, const Call& call, ChannelKind kind) {
  const std::string wanted = text_or(call.input, "ChatConfigurationArn"), team = text_or(call.input, "TeamId");
  Array all;
  for (const ChatChannel& each : channels.store().list(call.scope.account, kind))
    if ((wanted.empty() || each.arn == wanted) && (team.empty() || each.workspace == team)) all.push_back(channels.shown(each));
  return page_of(tokens, call, std::move(all), words_of(kind).list);
}

Reply associate(ChatChannels& channels, const Call& call, bool associated) {
  const std::string channel = text_or(call.input, "ChatConfiguration"), action = text_or(call.input, "Resource");
  if (!channels.store().find(call.scope.account, channel))
    return refuse("InvalidRequestException", "There is no chat configuration " + channel);
  if (associated && !channels.store().find_action(call.scope.account, action))
    return refuse("InvalidRequestException", "There is no custom action " + action);
  channels.store().associate(call.scope.account, channel, action, associated);
  return Object{};
}

Reply list_associations(ChatChannels& channels, const ListTokens& tokens, const Call& call) {
  Array all;
  for (const std::string& arn : channels.store().associated(call.scope.account, text_or(call.input, "ChatConfiguration")))
    all.push_back(Object{{"Resource", arn}});
  return page_of(tokens, call, std::move(all), "Associations");
}

}  // namespace tocsin::api::chatbot
