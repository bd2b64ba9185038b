// The operations, a family a file.
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "communicate/chat_channels/chat_channels.h"

namespace tocsin::api::chatbot {

using chat::ChannelKind;
using chat::ChatChannels;

// configurations.cpp
Reply create_configuration(ChatChannels& channels, const Call& call, ChannelKind kind);
Reply update_configuration(ChatChannels& channels, const Call& call, ChannelKind kind);
Reply delete_configuration(ChatChannels& channels, const Call& call, ChannelKind kind);
Reply get_teams_configuration(ChatChannels& channels, const Call& call);
Reply list_configurations(ChatChannels& channels, const ListTokens& tokens, const Call& call, ChannelKind kind);
Reply associate(ChatChannels& channels, const Call& call, bool associated);
Reply list_associations(ChatChannels& channels, const ListTokens& tokens, const Call& call);

// custom_actions.cpp
Reply create_custom_action(ChatChannels& channels, const Call& call);
Reply update_custom_action(ChatChannels& channels, const Call& call);
Reply get_custom_action(ChatChannels& channels, const Call& call);
Reply delete_custom_action(ChatChannels& channels, const Call& call);
Reply list_custom_actions(ChatChannels& channels, const ListTokens& tokens, const Call& call);

// account.cpp
Reply get_account_preferences(ChatChannels& channels, const Call& call);
Reply update_account_preferences(ChatChannels& channels, const Call& call);
Reply describe_slack_workspaces(ChatChannels& channels, const ListTokens& tokens, const Call& call);
Reply list_configured_teams(ChatChannels& channels, const ListTokens& tokens, const Call& call);
Reply keep_workspace(ChatChannels& channels, const Call& call);
Reply describe_slack_user_identities(ChatChannels& channels, const ListTokens& tokens, const Call& call);
Reply list_teams_user_identities(ChatChannels& channels, const ListTokens& tokens, const Call& call);
Reply delete_user_identity(ChatChannels& channels, const Call& call);
Reply tag_resource(ChatChannels& channels, const Call& call);
Reply untag_resource(ChatChannels& channels, const Call& call);
Reply list_tags_for_resource(ChatChannels& channels, const Call& call);

}  // namespace tocsin::api::chatbot
