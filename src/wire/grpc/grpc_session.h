// One HTTP/2 connection of a gRPC client, without its socket: bytes in, requests out; answers in, bytes out. libnghttp2 reads the frames.
// https://www.rfc-editor.org/rfc/rfc9113
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "wire/http/http_message.h"

namespace tocsin::wire {

struct GrpcLimits {
  std::size_t message_bytes_max = 16 << 20;     ///< as sent, and again when inflated; above: RESOURCE_EXHAUSTED
  std::size_t connection_bytes_max = 48 << 20;  ///< of messages on their way in one connection; above: RESOURCE_EXHAUSTED
  std::size_t header_bytes_max = 32 << 10;      ///< of one request; above: the stream is reset
  std::uint32_t streams_max = 64;
};

/// Not thread-safe: all calls from the connection's thread. `now` is of any clock that never goes back.
class GrpcSession {
 public:
  /// A whole request: POST to the path of OTLP over HTTP, the message as its body, metadata as its headers, :authority as its Host. It is
  /// answered once by `answer` with the same stream number, unless its deadline passes first.
  using Take = std::function<void(std::int32_t stream, HttpRequest request)>;

  GrpcSession(GrpcLimits limits, Take take);
  ~GrpcSession();
  GrpcSession(const GrpcSession&) = delete;

  /// False: the peer broke the protocol; what take_output gives then tells it why, and the connection ends.
  bool feed(std::string_view bytes, Duration now);
  /// What is to be sent now; "" when nothing is.
  std::string take_output();
  /// For a stream that has gone meanwhile it does nothing.
  void answer(std::int32_t stream, const HttpResponse& response);

  /// DEADLINE_EXCEEDED for whom it is too late.
  void expire(Duration now);
  std::optional<Duration> next_deadline() const;

  /// No further streams; those that are open end as they would.
  void go_away();
  std::size_t open_streams() const;
  /// Nothing more is to be read or written.
  bool over() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tocsin::wire
