#include "wire/http/loopback_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

namespace tocsin::wire {

LoopbackClient::LoopbackClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) ::close(std::exchange(socket_, -1));
  const timeval patience{.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

LoopbackClient::~LoopbackClient() {
  if (socket_ >= 0) ::close(socket_);
}

bool LoopbackClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

void LoopbackClient::end_sending() { ::shutdown(socket_, SHUT_WR); }

bool LoopbackClient::fill() {
  char buffer[16384];
  const ssize_t got = ::recv(socket_, buffer, sizeof buffer, 0);
  if (got > 0) received_.append(buffer, static_cast<std::size_t>(got));
  return got > 0;
}

std::string LoopbackClient::receive_bytes(std::size_t count) {
  while (received_.size() < count && fill()) {
  }
  std::string out = received_.substr(0, count);
  received_.erase(0, count);
  return out;
}

HttpResponse LoopbackClient::receive(bool head_only) {
  std::size_t end;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos)
    if (!fill()) return {.status = 0};
  const std::string head = receive_bytes(end + 4);
  HttpResponse response{.status = std::atoi(head.c_str() + 9)};
  for (std::size_t at = head.find("\r\n") + 2; at < end;) {
    const std::size_t line_end = head.find("\r\n", at);
    const std::size_t colon = head.find(": ", at);
    response.headers.add(head.substr(at, colon - at), head.substr(colon + 2, line_end - colon - 2));
    at = line_end + 2;
  }
  if (!head_only) response.body = receive_bytes(std::strtoull(std::string(response.headers.get("Content-Length")).c_str(), nullptr, 10));
  return response;
}

bool LoopbackClient::is_closed_by_peer(int timeout_ms) {
  pollfd poll{.fd = socket_, .events = POLLIN, .revents = 0};
  char byte;
  return received_.empty() && ::poll(&poll, 1, timeout_ms) == 1 && ::recv(socket_, &byte, 1, 0) <= 0;
}

HttpResponse LoopbackClient::get(const std::string& target) {
  send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  return receive();
}

}  // namespace tocsin::wire
