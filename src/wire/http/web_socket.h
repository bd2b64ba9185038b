// One WebSocket connection (RFC 6455), server side, as the parts that speak over it see it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "wire/http/http_message.h"

namespace tocsin::wire {

/// The sending side. Thread-safe; sends after close are dropped. Destroying the last reference closes the connection.
class WebSocket {
 public:
  virtual ~WebSocket() = default;
  virtual void send_text(std::string payload) = 0;
  virtual void send_binary(std::string payload) = 0;
  virtual void close(int code, std::string reason) = 0;
};

/// What the owner is told, on an I/O thread, one call at a time. Fragments are joined, pings answered, sizes bounded before it sees
/// anything.
struct WebSocketListener {
  std::function<void(std::string payload)> on_text;
  std::function<void(std::string payload)> on_binary;
  /// Once, whichever side closed.
  std::function<void()> on_close;
};

/// Decides about an upgrade request. Refuse by answering with a response; accept by returning true and calling `accept` with the listener
/// (from any thread, later).
class WebSocketHandler {
 public:
  using Accept = std::move_only_function<void(std::function<WebSocketListener(std::shared_ptr<WebSocket>)>)>;
  virtual ~WebSocketHandler() = default;
  /// Exactly one of `accept` and `refuse` must be called, once.
  virtual void upgrade(HttpRequest request, Accept accept, Respond refuse) = 0;
};

}  // namespace tocsin::wire
