#include "wire/udp/udp_listener.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace tocsin::wire {
namespace {

constexpr std::size_t datagram_bytes_max = 65'536;
constexpr int receive_buffer_bytes = 4 << 20;

std::unexpected<Error> cannot(const ListenAddress& address, const char* why) {
  return fail(ErrorKind::unavailable, "cannot listen on " + to_text(address) + "/udp: " + why);
}

int port_of(const sockaddr_storage& address) {
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

}  // namespace

Result<void> UdpListener::start(const ListenAddress& address) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  if (const int failed = getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found); failed != 0)
    return cannot(address, gai_strerror(failed));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  socket_ = socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (socket_ < 0 || wake_ < 0 || bind(socket_, found->ai_addr, found->ai_addrlen) != 0) {
    const int failed = errno;
    stop();
    return cannot(address, std::strerror(failed));
  }
  setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  getsockname(socket_, reinterpret_cast<sockaddr*>(&own), &size);
  bound_ = {address.host, static_cast<std::uint16_t>(port_of(own))};
  thread_ = std::thread([this] { run(); });
  return {};
}

void UdpListener::stop() {
  if (thread_.joinable()) {
    eventfd_write(wake_, 1);
    thread_.join();
  }
  if (socket_ >= 0) close(socket_);
  if (wake_ >= 0) close(wake_);
  socket_ = wake_ = -1;
}

void UdpListener::run() {
  std::string buffer(datagram_bytes_max, '\0');
  pollfd waited[2] = {{socket_, POLLIN, 0}, {wake_, POLLIN, 0}};
  while (poll(waited, 2, -1) >= 0 || errno == EINTR) {
    if (waited[1].revents != 0) return;
    for (ssize_t size = 0; size >= 0;) {
      size = recv(socket_, buffer.data(), buffer.size(), 0);
      if (size > 0) handle_(std::string_view(buffer).substr(0, static_cast<std::size_t>(size)));
    }
  }
}

}  // namespace tocsin::wire
