// For tests: a blocking client on 127.0.0.1 that sends exactly what it is told.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wire/http/http_message.h"

namespace tocsin::wire {

class LoopbackClient {
 public:
  explicit LoopbackClient(std::uint16_t port);
  LoopbackClient(const LoopbackClient&) = delete;
  ~LoopbackClient();

  /// False when the peer has closed.
  bool send(std::string_view bytes);
  void end_sending();
  /// One response by its Content-Length; status 0 when the peer closed first. 1xx responses count too. Waits at most 10 s.
  HttpResponse receive(bool head_only = false);
  /// Exactly that many bytes; fewer when the peer closed.
  std::string receive_bytes(std::size_t count);
  /// Whether the peer closes within `timeout_ms` without sending more.
  bool is_closed_by_peer(int timeout_ms = 5000);
  /// Sends a plain request and receives the answer.
  HttpResponse get(const std::string& target);

 private:
  bool fill();

  int socket_ = -1;
  std::string received_;
};

}  // namespace tocsin::wire
