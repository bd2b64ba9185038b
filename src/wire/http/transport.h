// Bytes over a non-blocking socket, plain or TLS, one step at a time; who waits between the steps is the Stream.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct ssl_ctx_st;

namespace tocsin::wire {

enum class IoState { done, ended, want_read, want_write, failed };

struct IoStep {
  IoState state;
  std::size_t bytes = 0;
};

class Transport {
 public:
  virtual ~Transport() = default;
  /// done with no bytes never happens.
  virtual IoStep read(std::span<char> into) = 0;
  virtual IoStep write(std::string_view bytes) = 0;
  /// Repeated until done or failed, before anything else.
  virtual IoStep handshake() = 0;
  /// Says that nothing more will be written; best effort.
  virtual void end() = 0;
};

std::unique_ptr<Transport> make_plain_transport(int socket);
std::unique_ptr<Transport> make_tls_server_transport(int socket, ssl_ctx_st* context);
/// Checks the peer's certificate for `host` (a name or an address).
std::unique_ptr<Transport> make_tls_client_transport(int socket, ssl_ctx_st* context, const std::string& host);

}  // namespace tocsin::wire
