#include <boost/json.hpp>

#include "api/chatbot/answers.h"
#include "api/chatbot/operations.h"

namespace tocsin::api::chatbot {
namespace {

std::unexpected<ServiceError> not_there(const std::string& arn) {
  return refuse("ResourceNotFoundException", "There is no custom action " + arn);
}

std::optional<chat::CustomAction> named(ChatChannels& channels, const Call& call) {
  return channels.store().find_action(call.scope.account, text_or(call.input, "CustomActionArn"));
}

void take_members(chat::CustomAction& action, const Document& input) {
  for (const char* member : {"Definition", "AliasName", "Attachments", "ActionName"})
    if (const Document* given = find(input, member)) action.definition[member] = *given;
}

}  // namespace

Reply create_custom_action(ChatChannels& channels, const Call& call) {
  chat::CustomAction action{.account = call.scope.account,
                            .arn = "arn:aws:chatbot::" + call.scope.account + ":custom-action/" + text_or(call.input, "ActionName"),
                            .definition = {}};
  if (channels.store().find_action(action.account, action.arn))
    return refuse("ConflictException", "A custom action of this name already exists: " + action.arn);
  action.definition["CustomActionArn"] = action.arn;
  take_members(action, call.input);
  channels.store().put(action);
  channels.store().set_tags(action.account, action.arn, tags_of(call.input, "Tags"));
  return Object{{"CustomActionArn", action.arn}};
}

Reply update_custom_action(ChatChannels& channels, const Call& call) {
  auto action = named(channels, call);
  if (!action) return not_there(text_or(call.input, "CustomActionArn"));
  take_members(*action, call.input);
  channels.store().put(*action);
  return Object{{"CustomActionArn", action->arn}};
}

Reply get_custom_action(ChatChannels& channels, const Call& call) {
  const auto action = named(channels, call);
  if (!action) return not_there(text_or(call.input, "CustomActionArn"));
  return Object{{"CustomAction", action->definition}};
}

Reply delete_custom_action(ChatChannels& channels, const Call& call) {
  const auto action = named(channels, call);
  if (!action) return not_there(text_or(call.input, "CustomActionArn"));
  channels.store().remove(*action);
  return Object{};
}

Reply list_custom_actions(ChatChannels& channels, const ListTokens& tokens, const Call& call) {
  Array all;
  for (const auto& each : channels.store().actions(call.scope.account)) all.push_back(Document(each.arn));
  return page_of(tokens, call, std::move(all), "CustomActions");
}

}  // namespace tocsin::api::chatbot
