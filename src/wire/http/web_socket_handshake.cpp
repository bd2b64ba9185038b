#include "wire/http/web_socket_handshake.h"

#include <strings.h>

#include "base/digest.h"
#include "base/encoding.h"

namespace tocsin::wire {
namespace {

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

bool has_token(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const std::string_view item = trim(list.substr(0, comma));
    if (item.size() == token.size() && strncasecmp(item.data(), token.data(), token.size()) == 0) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

}  // namespace

bool asks_for_web_socket(const HttpRequest& request) {
  return has_token(request.headers.get("Upgrade"), "websocket") && has_token(request.headers.get("Connection"), "upgrade");
}

std::string web_socket_request_fault(const HttpRequest& request) {
  if (request.method != "GET") return "a web socket is opened with GET";
  if (request.headers.get("Sec-WebSocket-Version") != "13") return "Sec-WebSocket-Version must be 13";
  const auto key = from_base64(request.headers.get("Sec-WebSocket-Key"));
  if (!key || key->size() != 16) return "Sec-WebSocket-Key must be 16 bytes in base64";
  return {};
}

Headers web_socket_answer(const HttpRequest& request) {
  Headers headers;
  headers.add("Upgrade", "websocket");
  headers.add("Connection", "Upgrade");
  headers.add("Sec-WebSocket-Accept", web_socket_accept(request.headers.get("Sec-WebSocket-Key")));
  const std::string_view offered = request.headers.get("Sec-WebSocket-Protocol");
  const std::string_view first = trim(offered.substr(0, offered.find(',')));
  if (!first.empty()) headers.add("Sec-WebSocket-Protocol", std::string(first));
  return headers;
}

std::string web_socket_accept(std::string_view key) { return to_base64(sha1(std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")); }

}  // namespace tocsin::wire
