// Where the workspaces of chat services are reached. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tocsin::delivery {

enum class ChatService { slack, teams, mattermost, discord, chime };
std::string_view to_text(ChatService service);

struct ChatEndpoint {
  std::string workspace;  ///< a Slack team's id, a Teams team's UUID, or any id for the others
  std::string channel;    ///< "" for all of the workspace
  ChatService service = ChatService::slack;
  std::string webhook;  ///< a URL; empty when a token is used
  std::string token;    ///< of a Slack app
  std::string api = "https://slack.com/api";
  std::string name;  ///< the workspace's, for people
};

/// WORKSPACE[/CHANNEL]=SERVICE:WEBHOOK_OR_TOKEN[;name=NAME][;api=URL], such as
///   T0123ABCD=slack:xoxb-…;name=Shop
///   T0123ABCD/C0456=mattermost:https://chat.example/hooks/abc
///   9d2f…-…/19%3Aabc%40thread.tacv2=teams:https://….webhook.office.com/…
/// Error invalid; what it says holds neither URL nor token.
Result<ChatEndpoint> parse_chat_endpoint(std::string_view text);

class ChatEndpoints {
 public:
  ChatEndpoints() = default;
  explicit ChatEndpoints(std::vector<ChatEndpoint> all) : all_(std::move(all)) {}
  /// That of the channel itself, else of its workspace.
  std::optional<ChatEndpoint> find(std::string_view workspace, std::string_view channel) const;
  const std::vector<ChatEndpoint>& all() const { return all_; }

 private:
  std::vector<ChatEndpoint> all_;
};

}  // namespace tocsin::delivery
