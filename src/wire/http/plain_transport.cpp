#include <sys/socket.h>

#include <cerrno>

#include "wire/http/transport.h"

namespace tocsin::wire {
namespace {

IoStep failed_step(IoState when_blocked) {
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {when_blocked};
  return {IoState::failed};
}

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(int socket) : socket_(socket) {}

  IoStep read(std::span<char> into) override {
    const ssize_t got = ::recv(socket_, into.data(), into.size(), 0);
    if (got < 0) return failed_step(IoState::want_read);
    if (got == 0) return {IoState::ended};
    return {IoState::done, static_cast<std::size_t>(got)};
  }

  IoStep write(std::string_view bytes) override {
    const ssize_t put = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put < 0) return failed_step(IoState::want_write);
    return {IoState::done, static_cast<std::size_t>(put)};
  }

  IoStep handshake() override { return {IoState::done}; }
  void end() override { ::shutdown(socket_, SHUT_WR); }

 private:
  const int socket_;
};

}  // namespace

std::unique_ptr<Transport> make_plain_transport(int socket) { return std::make_unique<PlainTransport>(socket); }

}  // namespace tocsin::wire
