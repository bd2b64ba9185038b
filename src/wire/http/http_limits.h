// What one HTTP connection may cost before it is refused or dropped. Tests inject short ones.
#pragma once

#include <chrono>
#include <cstddef>

#include "base/clock.h"

namespace tocsin::wire {

struct HttpLimits {
  std::size_t header_bytes_max = 64 * 1024;       ///< request line and fields; above: 431
  std::size_t body_bytes_max = 64 * 1024 * 1024;  ///< as sent, and again when inflated; above: 413
  std::size_t connections_max = 16384;            ///< further ones are closed at once
  Duration head_timeout =
      std::chrono::seconds(15);  ///< from the first byte of a request (or the connection) to the end of its fields; above: 408
  Duration body_timeout = std::chrono::seconds(120);  ///< from then to the end of the body; above: 408
  Duration idle_timeout = std::chrono::seconds(120);  ///< between two requests; above: closed
  Duration write_timeout = std::chrono::seconds(60);  ///< for one response to be taken; above: closed
  Duration linger_timeout =
      std::chrono::seconds(3);  ///< to read on, and throw away, what a refused client still sends, so that it can read the answer
  std::size_t web_socket_message_bytes_max = 1 << 20;  ///< joined; above: close 1009
  std::size_t web_socket_queue_bytes_max = 16 << 20;   ///< waiting to be sent; above: the connection is dropped
  Duration web_socket_ping_interval =
      std::chrono::seconds(30);  ///< own pings; two in a row without a sign of life drop the connection. 0: none
  Duration web_socket_close_timeout = std::chrono::seconds(5);  ///< for the peer to answer our close; then the connection is dropped
  Duration tick = std::chrono::milliseconds(250);               ///< how often time-outs are looked at
};

}  // namespace tocsin::wire
