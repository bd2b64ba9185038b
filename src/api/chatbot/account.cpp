#include <boost/json.hpp>

#include "api/chatbot/answers.h"
#include "api/chatbot/operations.h"

namespace tocsin::api::chatbot {
namespace {

constexpr const char* no_tenant = "00000000-0000-0000-0000-000000000000";
constexpr std::size_t tags_max = 200;

bool is_there(ChatChannels& channels, const Call& call, const std::string& arn) {
  return channels.store().find(call.scope.account, arn) || channels.store().find_action(call.scope.account, arn);
}

Reply no_resource(const std::string& arn) { return refuse("ResourceNotFoundException", "There is no resource " + arn); }

}  // namespace

Reply get_account_preferences(ChatChannels& channels, const Call& call) {
  Object out = channels.store().preferences(call.scope.account);
  out.emplace("UserAuthorizationRequired", false);
  out.emplace("TrainingDataCollectionEnabled", false);
  return Object{{"AccountPreferences", std::move(out)}};
}

Reply update_account_preferences(ChatChannels& channels, const Call& call) {
  Object kept = channels.store().preferences(call.scope.account);
  for (const char* member : {"UserAuthorizationRequired", "TrainingDataCollectionEnabled"})
    if (const Document* given = find(call.input, member)) kept[member] = *given;
  channels.store().set_preferences(call.scope.account, kept);
  return get_account_preferences(channels, call);
}

Reply describe_slack_workspaces(ChatChannels& channels, const ListTokens& tokens, const Call& call) {
  Array all;
  std::string last;
  for (const auto& each : channels.settings().endpoints().all()) {
    if (each.service == delivery::ChatService::teams || each.workspace == last) continue;
    last = each.workspace;
    all.push_back(Object{{"SlackTeamId", each.workspace}, {"SlackTeamName", each.name}, {"State", "ENABLED"}});
  }
  return page_of(tokens, call, std::move(all), "SlackWorkspaces");
}

Reply list_configured_teams(ChatChannels& channels, const ListTokens& tokens, const Call& call) {
  Array all;
  std::string last;
  for (const auto& each : channels.settings().endpoints().all()) {
    if (each.service != delivery::ChatService::teams || each.workspace == last) continue;
    last = each.workspace;
    all.push_back(Object{{"TenantId", no_tenant}, {"TeamId", each.workspace}, {"TeamName", each.name}, {"State", "ENABLED"}});
  }
  return page_of(tokens, call, std::move(all), "ConfiguredTeams");
}

Reply keep_workspace(ChatChannels& channels, const Call& call) {
  const std::string id = text_or(call.input, "SlackTeamId", text_or(call.input, "TeamId"));
  for (const auto& each : channels.settings().endpoints().all())
    if (each.workspace == id)
      return refuse("InvalidParameterException",
                    "The workspace " + id + " is authorized by the setting 'chat' of this server: take it out there.");
  return Object{};
}

Reply describe_slack_user_identities(ChatChannels&, const ListTokens& tokens, const Call& call) {
  return page_of(tokens, call, {}, "SlackUserIdentities");
}
Reply list_teams_user_identities(ChatChannels&, const ListTokens& tokens, const Call& call) {
  return page_of(tokens, call, {}, "TeamsUserIdentities");
}
Reply delete_user_identity(ChatChannels&, const Call&) { return refuse("ResourceNotFoundException", "There is no such user identity."); }

Reply tag_resource(ChatChannels& channels, const Call& call) {
  const std::string arn = text_or(call.input, "ResourceARN");
  if (!is_there(channels, call, arn)) return no_resource(arn);
  chat::Tags tags = channels.store().tags(call.scope.account, arn);
  for (const auto& [key, value] : tags_of(call.input, "Tags")) tags[key] = value;
  if (tags.size() > tags_max) return refuse("TooManyTagsException", "A resource has at most 200 tags.");
  channels.store().set_tags(call.scope.account, arn, tags);
  return Object{};
}

Reply untag_resource(ChatChannels& channels, const Call& call) {
  const std::string arn = text_or(call.input, "ResourceARN");
  if (!is_there(channels, call, arn)) return no_resource(arn);
  chat::Tags tags = channels.store().tags(call.scope.account, arn);
  for (const Document& key : array_at(call.input, "TagKeys"))
    if (key.is_string()) tags.erase(std::string(std::string_view(key.get_string())));
  channels.store().set_tags(call.scope.account, arn, tags);
  return Object{};
}

Reply list_tags_for_resource(ChatChannels& channels, const Call& call) {
  const std::string arn = text_or(call.input, "ResourceARN");
  if (!is_there(channels, call, arn)) return no_resource(arn);
  Array tags;
  for (const auto& [key, value] : channels.store().tags(call.scope.account, arn))
    tags.push_back(Object{{"TagKey", key}, {"TagValue", value}});
  return Object{{"Tags", std::move(tags)}};
}

}  // namespace tocsin::api::chatbot
