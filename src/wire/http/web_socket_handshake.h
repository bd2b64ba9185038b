// The opening handshake of WebSocket (RFC 6455 §4), as values.
#pragma once

#include <string>
#include <string_view>

#include "wire/http/http_message.h"

namespace tocsin::wire {

/// Whether the request asks for a web socket at all (Upgrade and Connection say so).
bool asks_for_web_socket(const HttpRequest& request);
/// "" when it asks rightly (GET, version 13, a key of 16 bytes), else what is wrong, to be answered with 400.
std::string web_socket_request_fault(const HttpRequest& request);
/// The fields of the 101 answer; the first subprotocol that was offered is echoed.
Headers web_socket_answer(const HttpRequest& request);
/// Sec-WebSocket-Accept for a Sec-WebSocket-Key.
std::string web_socket_accept(std::string_view key);

}  // namespace tocsin::wire
