// The caller's side of WebSocket, plain and TLS, with the same listener contract as the server's.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/random.h"
#include "base/result.h"
#include "wire/http/http_limits.h"
#include "wire/http/web_socket.h"

namespace tocsin::wire {

struct WebSocketClientOptions {
  std::string ca_file;                                  ///< PEM authorities to trust for wss; empty: the system's
  Duration connect_timeout = std::chrono::seconds(10);  ///< for each of the peer's addresses, handshakes included
  HttpLimits limits;
};

/// Connections on one I/O thread of its own. All functions may be called from any thread.
class WebSocketClient {
 public:
  /// Told on the I/O thread when the connection is open; gives the listener. Its calls come on that thread too.
  using OnOpen = std::function<WebSocketListener(std::shared_ptr<WebSocket>)>;
  /// Told on the I/O thread when it could not be opened: invalid (URL, authorities), denied (401, 403), not_found (404), unavailable
  /// (everything else).
  using OnFailed = std::function<void(Error)>;

  /// `masks` must be safe for use from the I/O thread.
  WebSocketClient(WebSocketClientOptions options, Random& masks);
  /// Drops all connections; their on_close is called before it returns. What was still being looked up is told nothing.
  ~WebSocketClient();

  /// `url`: ws://, wss:// (http:// and https:// mean the same). Exactly one of the two is called.
  void connect(std::string url, Headers headers, OnOpen on_open, OnFailed on_failed);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tocsin::wire
