#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "communicate/chat_channels/chat_channels.h"

namespace tocsin::api {

Service make_chatbot_service(chat::ChatChannels& channels, ListTokens tokens);

}  // namespace tocsin::api
