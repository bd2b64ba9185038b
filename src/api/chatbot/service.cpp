#include "api/chatbot/service.h"

#include "api/chatbot/operations.h"

namespace tocsin::api {

Service make_chatbot_service(chat::ChatChannels& channels, ListTokens tokens) {
  using namespace chatbot;
  const auto on = [&channels](Reply (*operation)(ChatChannels&, const Call&)) -> Handle {
    return [&channels, operation](const Call& call) { return operation(channels, call); };
  };
  const auto of_kind = [&channels](Reply (*operation)(ChatChannels&, const Call&, ChannelKind), ChannelKind kind) -> Handle {
    return [&channels, operation, kind](const Call& call) { return operation(channels, call, kind); };
  };
  const auto listing = [&channels, tokens](Reply (*operation)(ChatChannels&, const ListTokens&, const Call&)) -> Handle {
    return [&channels, tokens, operation](const Call& call) { return operation(channels, tokens, call); };
  };
  const auto listing_kind = [&channels, tokens](ChannelKind kind) -> Handle {
    return [&channels, tokens, kind](const Call& call) { return list_configurations(channels, tokens, call, kind); };
  };
  const auto associating = [&channels](bool associated) -> Handle {
    return [&channels, associated](const Call& call) { return associate(channels, call, associated); };
  };
  return {"chatbot",
          {{"CreateSlackChannelConfiguration", of_kind(create_configuration, ChannelKind::slack)},
           {"UpdateSlackChannelConfiguration", of_kind(update_configuration, ChannelKind::slack)},
           {"DeleteSlackChannelConfiguration", of_kind(delete_configuration, ChannelKind::slack)},
           {"DescribeSlackChannelConfigurations", listing_kind(ChannelKind::slack)},
           {"CreateMicrosoftTeamsChannelConfiguration", of_kind(create_configuration, ChannelKind::teams)},
           {"UpdateMicrosoftTeamsChannelConfiguration", of_kind(update_configuration, ChannelKind::teams)},
           {"DeleteMicrosoftTeamsChannelConfiguration", of_kind(delete_configuration, ChannelKind::teams)},
           {"GetMicrosoftTeamsChannelConfiguration", on(get_teams_configuration)},
           {"ListMicrosoftTeamsChannelConfigurations", listing_kind(ChannelKind::teams)},
           {"CreateChimeWebhookConfiguration", of_kind(create_configuration, ChannelKind::chime)},
           {"UpdateChimeWebhookConfiguration", of_kind(update_configuration, ChannelKind::chime)},
           {"DeleteChimeWebhookConfiguration", of_kind(delete_configuration, ChannelKind::chime)},
           {"DescribeChimeWebhookConfigurations", listing_kind(ChannelKind::chime)},
           {"CreateCustomAction", on(create_custom_action)},
           {"UpdateCustomAction", on(update_custom_action)},
           {"GetCustomAction", on(get_custom_action)},
           {"DeleteCustomAction", on(delete_custom_action)},
           {"ListCustomActions", listing(list_custom_actions)},
           {"AssociateToConfiguration", associating(true)},
           {"DisassociateFromConfiguration", associating(false)},
           {"ListAssociations", listing(list_associations)},
           {"GetAccountPreferences", on(get_account_preferences)},
           {"UpdateAccountPreferences", on(update_account_preferences)},
           {"DescribeSlackWorkspaces", listing(describe_slack_workspaces)},
           {"DeleteSlackWorkspaceAuthorization", on(keep_workspace)},
           {"ListMicrosoftTeamsConfiguredTeams", listing(list_configured_teams)},
           {"DeleteMicrosoftTeamsConfiguredTeam", on(keep_workspace)},
           {"DescribeSlackUserIdentities", listing(describe_slack_user_identities)},
           {"DeleteSlackUserIdentity", on(delete_user_identity)},
           {"ListMicrosoftTeamsUserIdentities", listing(list_teams_user_identities)},
           {"DeleteMicrosoftTeamsUserIdentity", on(delete_user_identity)},
           {"TagResource", on(tag_resource)},
           {"UntagResource", on(untag_resource)},
           {"ListTagsForResource", on(list_tags_for_resource)}}};
}

}  // namespace tocsin::api
