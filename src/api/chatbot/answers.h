// What the operations share: pages of lists, tags.
#pragma once

#include <string>

#include "api/call.h"
#include "api/list_tokens.h"
#include "communicate/chat_channels/chat_store.h"

namespace tocsin::api::chatbot {

/// The page of a list held whole that the call asks for, under `member`, with NextToken when more follows.
Reply page_of(const ListTokens& tokens, const Call& call, Array all, std::string_view member, int page_default = 100);
/// [{TagKey, TagValue}] of a member.
chat::Tags tags_of(const Document& input, std::string_view member);

}  // namespace tocsin::api::chatbot
