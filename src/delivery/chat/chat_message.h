// A chat message as people mean it, and each service's form of it. Pure.
//   https://api.slack.com/methods/chat.postMessage https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/
//   https://developers.mattermost.com/integrate/webhooks/incoming/ https://discord.com/developers/docs/resources/webhook
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/document.h"
#include "delivery/chat/chat_endpoints.h"

namespace tocsin::delivery {

enum class ChatTone { plain, bad, warning, good };

struct ChatMessage {
  std::string title;
  std::string text;  ///< Markdown of the common kind: **bold**, `code`, [label](url)
  ChatTone tone = ChatTone::plain;
  std::vector<std::pair<std::string, std::string>> fields;
  std::vector<std::pair<std::string, std::string>> links;  ///< label, URL: buttons where there are such
  std::string footer;
};

/// {"title", "text", "tone": "bad" | "warning" | "good", "fields": [[name, value]], "links": [[label, url]], "footer"}
Document to_document(const ChatMessage& message);
ChatMessage chat_message_from(const Document& document);

/// The body to post. `channel` is used where one webhook serves several.
Document chat_body(ChatService service, const ChatMessage& message, const std::string& channel);

}  // namespace tocsin::delivery
