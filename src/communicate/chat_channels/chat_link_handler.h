// GET and POST of /c/TOKEN, the links of chat messages: public, the token is the credential. GET changes nothing, so that a chat service
// that looks at links does nothing; POST acts.
#pragma once

#include "communicate/chat_channels/chat_channels.h"
#include "wire/http/http_message.h"

namespace tocsin::chat {

class ChatLinkHandler final : public wire::HttpHandler {
 public:
  ChatLinkHandler(storage::StateExecutor& state, ChatChannels& channels, incidents::Incidents& incidents)
      : state_(state), channels_(channels), incidents_(incidents) {}
  void handle(wire::HttpRequest request, wire::Respond respond) override;

 private:
  wire::HttpResponse show(const std::string& token);
  wire::HttpResponse act(const std::string& token, const std::string& body);
  storage::StateExecutor& state_;
  ChatChannels& channels_;
  incidents::Incidents& incidents_;
};

}  // namespace tocsin::chat
