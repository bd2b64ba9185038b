// An HTTP/1.1 server: http and https on the same port (told apart by the first byte), WebSocket by upgrade.
//
// A refused request is answered and its connection closed: 400 malformed, 408 too slow, 413 body too large, 431 head too large, 505 another
// version. Pipelined requests are answered in order, one at a time.
#pragma once

#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "wire/http/http_limits.h"
#include "wire/http/http_message.h"
#include "wire/http/listen_address.h"
#include "wire/http/web_socket.h"

namespace tocsin::wire {

class BodyStreams;
class TlsContext;

struct HttpServerOptions {
  std::vector<ListenAddress> listen;
  std::shared_ptr<const TlsContext> tls;  ///< null: a TLS hello closes the connection
  HttpLimits limits;
  int io_threads = 2;
  BodyStreams* streams = nullptr;  ///< where bodies that are streams are found; must outlive the server
  bool (*keeps_encoding)(const HttpRequest& request) = nullptr;  ///< whose body is taken as it is though it names gzip; null: nobody's
};

class HttpServer {
 public:
  /// `web_sockets` null: upgrade requests are handled as plain ones. The references must outlive the server.
  HttpServer(HttpServerOptions options, const Clock& clock, HttpHandler& handler, WebSocketHandler* web_sockets = nullptr);
  /// Stops with no grace.
  ~HttpServer();

  /// Binds every address and starts to serve; all or none. Error unavailable: which address, and why.
  Result<void> start();
  /// Takes no more connections, closes idle ones, tells web sockets (1001), lets requests under way finish for `grace`, then drops what is
  /// left. Idempotent.
  void stop(Duration grace = std::chrono::seconds(5));

  /// With the ports that were given for 0, in the order of options.listen.
  std::vector<ListenAddress> bound() const;
  std::size_t connection_count() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tocsin::wire
