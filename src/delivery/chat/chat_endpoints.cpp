#include "delivery/chat/chat_endpoints.h"

#include <array>

namespace tocsin::delivery {
namespace {
constexpr std::array services = {ChatService::slack, ChatService::teams, ChatService::mattermost, ChatService::discord, ChatService::chime};
}

std::string_view to_text(ChatService service) {
  switch (service) {
    case ChatService::slack:
      return "slack";
    case ChatService::teams:
      return "teams";
    case ChatService::mattermost:
      return "mattermost";
    case ChatService::discord:
      return "discord";
    case ChatService::chime:
      return "chime";
  }
  return "";
}

Result<ChatEndpoint> parse_chat_endpoint(std::string_view text) {
  const auto bad = [] { return fail(ErrorKind::invalid, "not of the form WORKSPACE[/CHANNEL]=SERVICE:WEBHOOK_OR_TOKEN[;name=NAME]"); };
  ChatEndpoint out;
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return bad();
  std::string_view who = text.substr(0, equals), what = text.substr(equals + 1);
  if (const std::size_t slash = who.find('/'); slash != std::string_view::npos) {
    out.channel = who.substr(slash + 1);
    who = who.substr(0, slash);
  }
  out.workspace = out.name = who;
  const std::size_t colon = what.find(':');
  if (colon == std::string_view::npos || out.workspace.empty()) return bad();
  bool known = false;
  for (const ChatService each : services)
    if (to_text(each) == what.substr(0, colon)) out.service = each, known = true;
  if (!known)
    return fail(ErrorKind::invalid,
                "'" + std::string(what.substr(0, colon)) + "' is no chat service that is known: slack, teams, mattermost, discord, chime");
  what.remove_prefix(colon + 1);
  std::string_view options;
  if (const std::size_t end = what.find(';'); end != std::string_view::npos) {
    options = what.substr(end + 1);
    what = what.substr(0, end);
  }
  const bool url = what.starts_with("https://") || what.starts_with("http://");
  if (what.empty() || (!url && out.service != ChatService::slack))
    return fail(ErrorKind::invalid, std::string(to_text(out.service)) + " needs the URL of a webhook");
  (url ? out.webhook : out.token) = what;
  while (!options.empty()) {
    const std::size_t end = options.find(';');
    const std::string_view option = options.substr(0, end);
    if (option.starts_with("name=")) out.name = option.substr(5);
    if (option.starts_with("api=")) out.api = option.substr(4);
    options = end == std::string_view::npos ? std::string_view() : options.substr(end + 1);
  }
  return out;
}

std::optional<ChatEndpoint> ChatEndpoints::find(std::string_view workspace, std::string_view channel) const {
  const ChatEndpoint* found = nullptr;
  for (const ChatEndpoint& each : all_)
    if (each.workspace == workspace && (each.channel == channel || (each.channel.empty() && !found))) found = &each;
  if (!found) return std::nullopt;
  return *found;
}

}  // namespace tocsin::delivery
