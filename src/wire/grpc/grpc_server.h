// OTLP over gRPC: HTTP/2, with and without TLS on the same port (told apart by the first byte), on a thread of its own. What it takes it
// hands as requests of OTLP over HTTP to the handler that answers those. https://opentelemetry.io/docs/specs/otlp/#otlpgrpc
#pragma once

#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "wire/grpc/grpc_session.h"
#include "wire/http/http_message.h"
#include "wire/http/listen_address.h"
#include "wire/tls/tls_context.h"

namespace tocsin::wire {

struct GrpcServerOptions {
  std::vector<ListenAddress> listen;
  std::shared_ptr<const TlsContext> tls;  ///< its own: it is told to speak h2 alone; null: a TLS hello closes the connection
  GrpcLimits limits;
  std::size_t connections_max = 1024;                   ///< further ones are closed at once
  Duration request_timeout = std::chrono::seconds(60);  ///< for a connection to begin, and for what is begun to go on; then it is dropped
};

class GrpcServer {
 public:
  /// `handler` must outlive the server; it is called on the server's thread, and may answer from any.
  GrpcServer(GrpcServerOptions options, HttpHandler& handler);
  ~GrpcServer();

  /// Binds all, or none. `unavailable`: which, and why.
  Result<void> start();
  /// GOAWAY, then waits for what is under way, at most `grace`. Idempotent.
  void stop(Duration grace = std::chrono::seconds(5));
  /// With the ports that were given for 0.
  std::vector<ListenAddress> bound() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tocsin::wire
