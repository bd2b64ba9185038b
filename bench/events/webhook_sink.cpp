#include "webhook_sink.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>

namespace tocsin::bench {

WebhookSink::WebhookSink(OnRequest on_request) : on_request_(std::move(on_request)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  listen(listener_, 1024);
  socklen_t size = sizeof address;
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  epoll_ = epoll_create1(0);
  epoll_event event{.events = EPOLLIN, .data = {.fd = listener_}};
  epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event);
  thread_ = std::thread([this] { run(); });
}

WebhookSink::~WebhookSink() {
  stopping_ = true;
  thread_.join();
  for (const auto& [socket, buffer] : buffers_) close(socket);
  close(listener_);
  close(epoll_);
}

void WebhookSink::run() {
  std::array<epoll_event, 256> events;
  while (!stopping_) {
    const int count = epoll_wait(epoll_, events.data(), events.size(), 100);
    for (int n = 0; n < count; ++n) {
      if (events[n].data.fd == listener_)
        accept_all();
      else
        read(events[n].data.fd);
    }
  }
}

void WebhookSink::accept_all() {
  while (true) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
    if (socket < 0) return;
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{.events = EPOLLIN, .data = {.fd = socket}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
    buffers_[socket];
  }
}

void WebhookSink::read(int socket) {
  std::string& buffer = buffers_[socket];
  std::array<char, 65536> bytes;
  while (true) {
    const ssize_t count = recv(socket, bytes.data(), bytes.size(), 0);
    if (count > 0) {
      buffer.append(bytes.data(), static_cast<std::size_t>(count));
      if (static_cast<std::size_t>(count) < bytes.size()) break;
    } else if (count < 0 && errno == EAGAIN) {
      break;
    } else {
      close(socket);
      buffers_.erase(socket);
      return;
    }
  }
  while (answer_next(socket, buffer)) continue;
}

bool WebhookSink::answer_next(int socket, std::string& buffer) {
  const std::size_t end = buffer.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  std::size_t length = 0;
  for (const char* name : {"Content-Length: ", "content-length: "})
    if (const std::size_t at = buffer.find(name); at < end) length = std::strtoul(buffer.c_str() + at + std::strlen(name), nullptr, 10);
  if (buffer.size() < end + 4 + length) return false;
  const std::size_t path_at = buffer.find(' ') + 1;
  const std::string path = buffer.substr(path_at, buffer.find(' ', path_at) - path_at);
  const std::string_view body = std::string_view(buffer).substr(end + 4, length);
  const bool silent = path == "/hang" && body.find("SubscriptionConfirmation") == std::string_view::npos;
  on_request_(path, body);
  buffer.erase(0, end + 4 + length);
  if (silent) return true;
  ++received_;
  constexpr std::string_view answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  return send(socket, answer.data(), answer.size(), MSG_NOSIGNAL) > 0;
}

}  // namespace tocsin::bench
