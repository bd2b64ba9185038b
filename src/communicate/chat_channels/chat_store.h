// Configurations of chat channels, custom actions, tags and links, as stored. Definitions in the API's member names.
// Threads: only on the StateExecutor, inside a unit of work. Chatbot is no regional service: all is kept by account alone.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/document.h"
#include "model/scope.h"
#include "storage/state_executor.h"

namespace tocsin::chat {

enum class ChannelKind { slack, teams, chime };

struct ChatChannel {
  std::string account;
  std::string arn;  ///< arn:aws:chatbot::ACCOUNT:chat-configuration/slack-channel/NAME
  ChannelKind kind = ChannelKind::slack;
  std::string workspace;  ///< SlackTeamId, TeamId
  std::string channel;    ///< SlackChannelId, ChannelId
  Object definition;      ///< what was given, and ChatConfigurationArn
  std::string webhook;    ///< of Chime; never shown

  std::vector<std::string> topics() const;
};

struct CustomAction {
  std::string account, arn;
  Object definition;  ///< CustomActionArn, Definition, AliasName, Attachments, ActionName
};

enum class LinkAct { acknowledge, join, run };

/// What a link in a message does.
struct ChatLink {
  Scope scope;  ///< the incident's
  LinkAct act = LinkAct::acknowledge;
  std::string incident_arn;
  std::string channel_arn;
  Object argument;  ///< of run: document, version, parameters, role
  Instant expires;
  std::optional<Instant> used;
};

using Tags = std::map<std::string, std::string>;

class ChatStore {
 public:
  explicit ChatStore(storage::StateExecutor& state) : state_(state) {}
  Result<void> migrate();

  void put(const ChatChannel& channel);
  void remove(const ChatChannel& channel);
  std::optional<ChatChannel> find(const std::string& account, const std::string& arn);
  std::vector<ChatChannel> list(const std::string& account, ChannelKind kind);
  /// Of the topic's own account.
  std::vector<ChatChannel> of_topic(const std::string& topic_arn);

  void put(const CustomAction& action);
  void remove(const CustomAction& action);
  std::optional<CustomAction> find_action(const std::string& account, const std::string& arn);
  std::vector<CustomAction> actions(const std::string& account);
  void associate(const std::string& account, const std::string& channel_arn, const std::string& action_arn, bool associated);
  std::vector<std::string> associated(const std::string& account, const std::string& channel_arn);

  Object preferences(const std::string& account);
  void set_preferences(const std::string& account, const Object& preferences);
  Tags tags(const std::string& account, const std::string& arn);
  void set_tags(const std::string& account, const std::string& arn, const Tags& tags);

  void add_link(const std::string& token, const ChatLink& link);
  std::optional<ChatLink> find_link(const std::string& token);
  void use_link(const std::string& token, Instant at);

  /// What was posted to a channel in the last hour, and what waits to be.
  struct Posted {
    Instant at;
    int kind, impact;
    std::string topic;
  };
  std::vector<Posted> posted(const std::string& channel_arn, Instant since);
  void add_posted(const std::string& channel_arn, const Posted& posted);
  void add_waiting(const std::string& channel_arn, const std::string& line, Instant at, Instant due);
  std::optional<Instant> digest_due(const std::string& channel_arn);
  std::vector<std::string> take_waiting(const std::string& channel_arn);

 private:
  storage::StateExecutor& state_;
};

}  // namespace tocsin::chat
