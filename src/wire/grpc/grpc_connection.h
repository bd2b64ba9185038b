// One connected socket of a gRPC client: TLS or not by the first byte, then a session. All calls on the server's thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "wire/grpc/grpc_session.h"
#include "wire/http/transport.h"
#include "wire/tls/tls_context.h"

namespace tocsin::wire {

struct GrpcConnectionOptions {
  std::shared_ptr<const TlsContext> tls;
  GrpcLimits limits;
  Duration request_timeout{};
};

class GrpcConnection {
 public:
  /// Owns the socket, which must not block.
  GrpcConnection(int socket, GrpcConnectionOptions options, GrpcSession::Take take, Duration now);
  ~GrpcConnection();
  GrpcConnection(const GrpcConnection&) = delete;

  int socket() const { return socket_; }
  short wanted_events() const;
  /// What poll said of it; 0 too, for deadlines.
  void serve(short events, Duration now);
  void answer(std::int32_t stream, const HttpResponse& response) { session_.answer(stream, response); }
  void go_away();
  /// There are bytes to read that no poll tells of.
  bool has_more() const { return has_more_; }
  std::optional<Duration> next_deadline() const { return session_.next_deadline(); }
  /// Nothing is under way.
  bool idle() const { return unsent_.empty() && session_.open_streams() == 0; }
  bool over() const { return over_; }

 private:
  bool choose_transport();
  bool shake_hands();
  void read_all(Duration now);
  void write_all();
  void look_at_time(Duration now);

  const int socket_;
  const GrpcConnectionOptions options_;
  GrpcSession session_;
  std::unique_ptr<Transport> transport_;
  std::string unsent_;
  Duration progressed_at_;
  bool open_ = false;  ///< the handshake is done
  bool wants_write_ = false;
  bool has_more_ = false;
  bool ending_ = false;  ///< what is unsent is the last
  bool over_ = false;
};

}  // namespace tocsin::wire
